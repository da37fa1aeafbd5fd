"""What diagnostics say on the way through the questions: pure, t + data -> Screen."""

from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo

from aiogram.filters.callback_data import CallbackData
from markupsafe import Markup

from bot.diagnostics.callbacks import (
    AnswerTap,
    BeginTap,
    FinishTap,
    GivenTap,
    GoOnTap,
    InstrumentTap,
    IntroTap,
    PauseTap,
    QuestionTap,
)
from bot.diagnostics.screens_results import day
from bot.surveys.screens import offered
from bot.ui.screens import Button, Row, Screen, columns, menu_row, pager, paragraphs, short
from db.diagnostics.content import DECLINED, Component, Item, Questionnaire
from db.diagnostics.offering import Offer
from db.diagnostics.queries import Step
from db.diagnostics.rules import previous_item
from locales import Texts


def choice(t: Texts, offers: Sequence[Offer], zone: tzinfo, *, surveys: Sequence[Offer] = ()) -> Screen:
    """Several instruments, the own position's first; each leads to what is due there. Surveys stand below."""

    def state(one: Offer) -> str:
        if one.open_id:
            return t.plain("diagnostics.choice.open")
        if one.last_at:
            return t.plain("diagnostics.choice.passed", day=day(t, one.last_at, zone))
        return t.plain("diagnostics.choice.new")

    lines = [t("diagnostics.choice.line", title=one.title, state=state(one)) for one in offers]
    buttons: list[Row] = [[Button(short(one.title), InstrumentTap(instrument=one.instrument_id))] for one in offers]
    text = paragraphs(t("diagnostics.choice.title"), Markup("\n").join(lines))
    return Screen(text, [*buttons, *offered(t, surveys), menu_row(t)])


def intro(t: Texts, questionnaire: Questionnaire, tap: BeginTap | GoOnTap, *, surveys: Sequence[Offer] = ()) -> Screen:
    """What this is and who sees it; the words are the questionnaire's own."""
    text = paragraphs(t("diagnostics.intro.title", title=questionnaire.title), Markup.escape(questionnaire.intro))
    begun = isinstance(tap, GoOnTap)
    start = Button(t.plain("diagnostics.continue" if begun else "diagnostics.begin"), tap, style="primary")
    return Screen(text, [[start], *offered(t, surveys), menu_row(t)])


def missing(t: Texts, *, surveys: Sequence[Offer] = ()) -> Screen:
    """No questionnaire is published yet."""
    return Screen(t("errors.diagnostics_no_instrument"), [*offered(t, surveys), menu_row(t)])


def step(t: Texts, now: Step, *, resumed: bool = False, lead: Markup | None = None) -> Screen:
    """The next question, or the word that all is answered."""
    if now.item is None:
        return ready(t, now)
    return question(t, now, now.item, resumed=resumed and bool(now.answers), lead=lead)


def question(t: Texts, now: Step, item: Item, *, resumed: bool = False, lead: Markup | None = None) -> Screen:
    """Shows one question: where one is, what one does, five behaviours by letter.

    The answer given before has a mark. `lead` is a word on what was typed.
    """
    section = next(part for part in now.questionnaire.components if part.code == item.component)
    first = section.questions[0].code == item.code
    finished = _finished_before(now, section) if first and not resumed else None
    if resumed:
        lead = t("diagnostics.resumed")
    elif finished is not None and lead is None:
        lead = t("diagnostics.section_done", title=finished.title)
    text = paragraphs(
        lead,
        t(
            "diagnostics.progress",
            section=now.questionnaire.components.index(section) + 1,
            sections=len(now.questionnaire.components),
            question=section.questions.index(item) + 1,
            questions=len(section.questions),
            title=section.title,
        ),
        t("diagnostics.question", text=item.text),
        behaviours(t, item),
    )
    leave = t.plain("diagnostics.pause" if finished is not None else "diagnostics.leave")
    return Screen(
        text,
        [
            *_options(t, now, item),
            [_back(t, now, item), *_given(t, now, section), Button(leave, PauseTap(attempt=now.attempt_id))],
        ],
    )


def _finished_before(now: Step, section: Component) -> Component | None:
    """The section just before, where all of it is answered: a good moment for a pause."""
    place = now.questionnaire.components.index(section)
    if place == 0:
        return None
    before = now.questionnaire.components[place - 1]
    return before if all(item.code in now.answers for item in before.questions) else None


def _options(t: Texts, now: Step, item: Item) -> list[Row]:
    def tap(value: int | None) -> AnswerTap:
        return AnswerTap(attempt=now.attempt_id, item=item.code, value=value)

    return options(t, now.questionnaire, item, now.answers, tap)


def behaviours(t: Texts, item: Item) -> Markup:
    """The five behaviours by letter; a need has words on its buttons."""
    if item.need:
        return Markup("")
    return Markup("\n").join(
        t("diagnostics.option", value=_letter(t, n), text=text) for n, text in enumerate(item.options)
    )


def options(
    t: Texts,
    content: Questionnaire,
    item: Item,
    answers: Mapping[str, int | None],
    tap: Callable[[int | None], CallbackData],
) -> list[Row]:
    """The buttons of an item's answers, that of the answer given before marked."""
    answered = item.code in answers

    def button(value: int | None, text: str) -> Button:
        marked = t.plain("diagnostics.given", text=text) if answered and answers[item.code] == value else text
        return Button(marked, tap(value))

    if item.need:
        return list(columns([button(value, text) for value, text in enumerate(item.options)], 2))
    letters = [button(value, _letter(t, value)) for value in range(len(item.options))]
    others = [button(None, content.not_applicable)]
    if content.declined != content.not_applicable:
        others.append(button(DECLINED, content.declined))
    return [letters, others]


def _letter(t: Texts, value: int) -> str:
    """A behaviour is named by a letter: numbers would be read as school marks."""
    return t.plain("diagnostics.words.letters")[value].upper()


def _back(t: Texts, now: Step, item: Item) -> Button:
    before = previous_item(now.questionnaire, item.code)
    tap = IntroTap(attempt=now.attempt_id) if before is None else QuestionTap(attempt=now.attempt_id, item=before.code)
    return Button(t.plain("diagnostics.back"), tap)


def _given(t: Texts, now: Step, section: Component) -> Row:
    if not now.answers:
        return []
    number = now.questionnaire.components.index(section)
    return [Button(t.plain("diagnostics.given_button"), GivenTap(attempt=now.attempt_id, number=number))]


def given(t: Texts, now: Step, number: int) -> Screen:
    """The answers to one component, each one tap from being changed."""
    parts = now.questionnaire.components
    number %= len(parts)
    section = parts[number]
    lines = [
        t("diagnostics.given_line", number=place, name=item.short, answer=_said(t, now, item))
        for place, item in enumerate(section.questions, 1)
    ]
    asked = [item for item in section.questions if item.code in now.answers]
    numbers = [
        Button(str(section.questions.index(item) + 1), QuestionTap(attempt=now.attempt_id, item=item.code))
        for item in asked
    ]
    return Screen(
        paragraphs(
            t("diagnostics.given_title", title=section.title),
            Markup("\n").join(lines),
            t("diagnostics.given_change") if asked else None,
        ),
        [
            numbers,
            pager(t, number, len(parts), lambda part: GivenTap(attempt=now.attempt_id, number=part)),
            [Button(t.plain("diagnostics.continue"), GoOnTap(attempt=now.attempt_id)), *menu_row(t)],
        ],
    )


def _said(t: Texts, now: Step, item: Item) -> str:
    if item.code not in now.answers:
        return t.plain("diagnostics.given_none")
    value = now.answers[item.code]
    if value is None:
        return now.questionnaire.not_applicable
    if value == DECLINED:
        return now.questionnaire.declined
    return item.options[value] if item.need else _letter(t, value)


def ready(t: Texts, now: Step) -> Screen:
    """All is answered: a last moment to go back."""
    last = now.questionnaire.items[-1]
    return Screen(
        t("diagnostics.ready", len(now.answers)),
        [
            [Button(t.plain("diagnostics.show_result"), FinishTap(attempt=now.attempt_id), style="primary")],
            [Button(t.plain("diagnostics.given_all"), GivenTap(attempt=now.attempt_id, number=0))],
            [
                Button(t.plain("diagnostics.back"), QuestionTap(attempt=now.attempt_id, item=last.code)),
                Button(t.plain("diagnostics.leave"), PauseTap(attempt=now.attempt_id)),
            ],
        ],
    )


def paused(t: Texts, now: Step) -> Screen:
    """The answers stay; one goes on whenever one likes."""
    text = t("diagnostics.paused", done=len(now.answers), total=len(now.questionnaire.items))
    return Screen(text, [[Button(t.plain("diagnostics.continue"), GoOnTap(attempt=now.attempt_id))], menu_row(t)])
