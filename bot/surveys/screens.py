"""What a survey says on its way: pure, t + data -> Screen."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.surveys.callbacks import (
    SurveyBeginTap,
    SurveyGoOnTap,
    SurveyLeaveTap,
    SurveyNextTap,
    SurveyPickTap,
    SurveyQuestionTap,
    SurveySendTap,
    SurveyTap,
)
from bot.ui.moments import full_date
from bot.ui.screens import Button, Row, Screen, columns, menu_row, paragraphs, short
from db.diagnostics.offering import Offer
from db.surveys.content import Question, QuestionKind
from db.surveys.queries import SurveyHome, SurveyStep
from db.surveys.rules import Reply, previous_question
from locales import Texts

A_ROW = 4


def offered(t: Texts, surveys: Sequence[Offer]) -> list[Row]:
    """A line for each survey that waits for replies, to stand beside the self-diagnoses."""
    return [
        [Button(short(t.plain("surveys.offer", title=one.title)), SurveyTap(instrument=one.instrument_id))]
        for one in surveys
    ]


def intro(t: Texts, home: SurveyHome, zone: ZoneInfo) -> Screen:
    """What this is and what becomes of it; after replies, when one may reply again."""
    title = t("surveys.title", title=home.content.title, minutes=home.content.minutes)
    if home.last_at is not None and home.next_on is not None:
        said = t("surveys.replied", day=full_date(t, home.last_at, zone))
        return Screen(paragraphs(title, said), [menu_row(t)])
    begin = Button(t.plain("surveys.begin"), SurveyBeginTap(instrument=home.instrument_id), style="primary")
    return Screen(paragraphs(title, Markup.escape(home.content.intro)), [[begin], menu_row(t)])


def missing(t: Texts) -> Screen:
    """No survey is offered."""
    return Screen(t("surveys.missing"), [menu_row(t)])


def again(t: Texts, home: SurveyHome, zone: ZoneInfo) -> Screen:
    """The last replies are old enough to be given anew."""
    begin = Button(t.plain("surveys.again"), SurveyBeginTap(instrument=home.instrument_id), style="primary")
    return Screen(intro(t, home, zone).text, [[begin], menu_row(t)])


def step(t: Texts, now: SurveyStep, *, lead: object = "") -> Screen:
    """The next question, or the word that all have a reply."""
    return ready(t, now) if now.question is None else question(t, now, now.question, lead=lead)


def question(t: Texts, now: SurveyStep, current: Question, *, lead: object = "") -> Screen:
    """Shows one question: where one is, what is asked, the options by letter; what was chosen has a mark."""
    codes = [one.code for one in now.content.questions]
    given = now.replies.get(current.code)
    lines = [t("surveys.option", letter=_letter(t, place), text=one.text) for place, one in enumerate(current.options)]
    how = {QuestionKind.ONE: "", QuestionKind.MANY: t("surveys.how.many"), QuestionKind.WORDS: t("surveys.how.words")}
    text = paragraphs(
        lead,
        t("surveys.progress", number=codes.index(current.code) + 1, total=len(codes), title=now.content.title),
        t("surveys.question", text=current.text),
        Markup("\n").join(lines),
        t("surveys.said", text=given.words) if given and given.words else "",
        how[current.kind],
    )
    return Screen(text, [*_options(t, now, current, given or Reply()), *_ways(t, now, current)])


def _options(t: Texts, now: SurveyStep, asked: Question, given: Reply) -> list[Row]:
    def button(place: int, code: str) -> Button:
        on = code in given.chosen
        letter = _letter(t, place)
        tap = SurveyPickTap(
            attempt=now.attempt_id,
            item=asked.code,
            number=place,
            on=not on or asked.kind is QuestionKind.ONE,
        )
        return Button(t.plain("surveys.chosen", letter=letter) if on else letter, tap)

    return list(columns([button(place, one.code) for place, one in enumerate(asked.options)], A_ROW))


def _ways(t: Texts, now: SurveyStep, asked: Question) -> list[Row]:
    given = now.replies.get(asked.code)
    on = [[Button(t.plain("surveys.next"), _next(now, asked, declined=False), style="primary")]] if given else []
    before = previous_question(now.content, asked.code)
    back = (
        Button(t.plain("surveys.back"), SurveyQuestionTap(attempt=now.attempt_id, item=before.code)) if before else None
    )
    leave = Button(t.plain("surveys.leave"), SurveyLeaveTap(attempt=now.attempt_id))
    declined = Button(now.content.declined, _next(now, asked, declined=True))
    return [*on, [declined], [back, leave] if back else [leave]]


def _next(now: SurveyStep, asked: Question, *, declined: bool) -> SurveyNextTap:
    return SurveyNextTap(attempt=now.attempt_id, item=asked.code, declined=declined)


def _letter(t: Texts, place: int) -> str:
    return t.plain("surveys.letters")[place].upper()


def ready(t: Texts, now: SurveyStep) -> Screen:
    """All have a reply: a last moment to go back."""
    last = now.content.questions[-1].code
    return Screen(
        t("surveys.ready", title=now.content.title),
        [
            [Button(t.plain("surveys.send"), SurveySendTap(attempt=now.attempt_id), style="primary")],
            [
                Button(t.plain("surveys.back"), SurveyQuestionTap(attempt=now.attempt_id, item=last)),
                Button(t.plain("surveys.leave"), SurveyLeaveTap(attempt=now.attempt_id)),
            ],
        ],
    )


def thanks(t: Texts, words: str) -> Screen:
    """The survey is sent; the words are its own."""
    return Screen(Markup.escape(words), [menu_row(t)])


def paused(t: Texts, now: SurveyStep) -> Screen:
    """The replies stay; one goes on whenever one likes."""
    text = t("surveys.paused", done=len(now.replies), total=len(now.content.questions))
    return Screen(text, [[Button(t.plain("surveys.continue"), SurveyGoOnTap(attempt=now.attempt_id))], menu_row(t)])
