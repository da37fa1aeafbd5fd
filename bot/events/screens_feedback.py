"""What is said of an event and asked before it: a mark by one tap, a few words, a question and its answer."""

from markupsafe import Markup

from bot.events.callbacks import CardTap, CertificateTap, CommentTap, EventAnswerTap, EventAskTap, RateTap
from bot.ui.screens import Button, Row, Screen, menu_row, paragraphs, short
from db.events.queries import EventCard
from db.events.rules import QUESTION_LIMIT
from db.events.services import Asked
from locales import Texts


def ask_rating(t: Texts, found: EventCard) -> Screen:
    """Feedback in one tap."""
    return Screen(t("events.feedback.ask", title=found.line.title), [rating_row(found.line.id), menu_row(t)])


def rating_row(event_id: int, *, below: bool = False) -> Row:
    """1–5 in a row."""
    return [Button(str(value), RateTap(event_id=event_id, rating=value), below=below) for value in range(1, 6)]


def rated(t: Texts, found: EventCard) -> Screen:
    """Thanks, and what one may add."""
    event_id = found.line.id
    rating = found.mine.rating if found.mine else None
    commented = found.mine is not None and found.mine.comment is not None
    return Screen(
        t("events.feedback.commented" if commented else "events.feedback.thanks", rating=rating or ""),
        [
            [
                Button(
                    t.plain("events.feedback.change" if commented else "events.feedback.add"),
                    CommentTap(event_id=event_id),
                )
            ],
            [Button(t.plain("events.certificate"), CertificateTap(event_id=event_id))],
            menu_row(t),
        ],
    )


def ask_comment(t: Texts, found: EventCard, lead: Markup | None = None) -> Screen:
    """Waits for a few words; `lead` says what was wrong with the ones just sent."""
    return Screen(
        paragraphs(lead, t("events.feedback.write", title=found.line.title)),
        [[Button(t.plain("events.feedback.without"), CardTap(event_id=found.line.id))], menu_row(t)],
    )


def ask_host(t: Texts, found: EventCard, *, named: bool, lead: Markup | None = None) -> Screen:
    """Waits for a question to those who lead; `lead` says what was wrong with the one just sent."""
    event_id = found.line.id
    key = "events.ask.write.named" if named else "events.ask.write"
    other = Button(
        t.plain("events.ask.unnamed" if named else "events.ask.named"), EventAskTap(event_id=event_id, named=not named)
    )
    back = Button(t.plain("events.ask.back"), CardTap(event_id=event_id))
    return Screen(
        paragraphs(lead, t(key, title=short(found.line.title, 150), most=QUESTION_LIMIT)),
        [[other], [back], menu_row(t)],
    )


def asked(t: Texts, found: EventCard) -> Screen:
    """The question is on its way."""
    return Screen(
        t("events.ask.sent"), [[Button(t.plain("events.ask.back"), CardTap(event_id=found.line.id))], menu_row(t)]
    )


def question(t: Texts, one: Asked) -> Screen:
    """What a host reads of a question."""
    who = t("events.question.from", name=short(one.name, 80)) if one.name else t("events.question.unnamed")
    text = paragraphs(t("events.question.came", title=short(one.title, 80), text=short(one.text, QUESTION_LIMIT)), who)
    return Screen(text, [[Button(t.plain("events.question.answer"), EventAnswerTap(question_id=one.id), below=True)]])


def ask_answer(t: Texts, one: Asked, lead: Markup | None = None) -> Screen:
    """Waits for a host's answer."""
    words = t("events.question.write", text=short(one.text, 200), most=QUESTION_LIMIT)
    return Screen(paragraphs(lead, words), [menu_row(t)])


def answered(t: Texts) -> Screen:
    """The answer is on its way."""
    return Screen(t("events.question.answered"), [menu_row(t)])


def answer(t: Texts, one: Asked) -> Screen:
    """What the asker reads."""
    said = short(one.answer or "", QUESTION_LIMIT)
    text = t("events.answer.came", title=short(one.title, 80), text=short(one.text, 120), answer=said)
    return Screen(text, [menu_row(t)])
