"""Checks people in, takes their questions and feedback, hands out materials and certificates; who sits: `seats.py`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, delete, exists, or_, select
from sqlalchemy.orm import Session

from db.caller import Caller, PersonCaller
from db.documents.models import Scan
from db.errors import DomainError, NotFoundError, StaleError
from db.events import certificate as paper
from db.events import notices, queries, seats
from db.events.certificate import Verified
from db.events.models import (
    Cause,
    Certificate,
    DigitsTry,
    Event,
    EventHost,
    EventMaterial,
    EventQuestion,
    EventStatus,
    Registration,
    RegistrationStatus,
)
from db.events.queries import EventCard
from db.events.rules import (
    ACTIVE,
    CODE_DIGITS,
    COMMENT_LIMIT,
    MOST_TRIES,
    TRIES_WITHIN,
    came_at,
    certificate_number,
    check_in_window,
    door_token,
    held_token,
    is_held_by,
    lives,
)
from db.people.models import Person
from db.people.queries import addresses
from db.upsert import insert

NUMBER_TRIES = 8
MOST_QUESTIONS = 3


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """What became of a check-in. `on_the_spot` tells that the person had no seat before and has one now."""

    card: EventCard
    changed: bool
    on_the_spot: bool


def check_in(session: Session, caller: PersonCaller, *, token: str, sent_at: datetime | None = None) -> CheckedIn:
    """Marks the person as present by the code on the screen of the hall, as it was when the person `sent` it.

    Who has no seat gets one if any is free and the event is not over. Who is marked already is told so whatever the
    code: a message that comes twice is no second visit.

    Raises NotFoundError, DomainError `check_in_stale` for a code that has turned away and for the unchanging links of
    before, `check_in_early` (with `opens`, a moment), `check_in_late`, `check_in_full`, `event_by_parts`,
    `event_cancelled` and the refusals of `seats.enter`.
    """
    read = door_token(token)
    if read is None:
        if session.scalar(select(exists().where(Event.check_in_token == token))):
            raise DomainError("check_in_stale")
        raise NotFoundError("check_in_unknown")
    moment = came_at(sent_at, caller)
    key = _key(session, read.event_id)
    if read.held:
        good = any(
            is_held_by(read.proof, key, **one._asdict()) for one in addresses(session, person_id=caller.person_id)
        )
    else:
        good = lives(read.proof, key, moment)
    return _come(session, caller, event_id=read.event_id, moment=moment, good=good, refusal="check_in_stale")


def check_in_by_digits(
    session: Session, caller: PersonCaller, *, event_id: int, digits: str, sent_at: datetime | None = None
) -> CheckedIn | None:
    """Marks the person as present by the digits below the code; returns none for digits that are not on the screen.

    Wrong ones are counted, so they are no refusal, which would take the count back: six digits are soon tried through.
    Raises as `check_in`, DomainError `check_in_often` after some wrong ones within a minute.
    """
    within = DigitsTry.person_id == caller.person_id, DigitsTry.began_at > caller.now - TRIES_WITHIN
    if session.scalar(select(exists().where(*within, DigitsTry.tries >= MOST_TRIES))):
        raise DomainError("check_in_often")
    moment = came_at(sent_at, caller)
    typed = "".join(sign for sign in digits if sign.isdecimal() and sign.isascii())
    good = len(typed) == CODE_DIGITS and lives(typed, _key(session, event_id), moment)
    try:
        return _come(session, caller, event_id=event_id, moment=moment, good=good, refusal="check_in_digits")
    except DomainError as refusal:
        if refusal.code != "check_in_digits":
            raise
    _count_try(session, caller)
    return None


def forget_tries(session: Session, caller: Caller) -> None:
    """Drops counts of tries whose minute is over."""
    session.execute(delete(DigitsTry).where(DigitsTry.began_at <= caller.now - TRIES_WITHIN))


def _count_try(session: Session, caller: PersonCaller) -> None:
    fresh = {"began_at": caller.now, "tries": 1}
    old = DigitsTry.began_at <= caller.now - TRIES_WITHIN
    more = {
        "began_at": case((old, caller.now), else_=DigitsTry.began_at),
        "tries": case((old, 1), else_=DigitsTry.tries + 1),
    }
    counted = insert(session, DigitsTry).values(person_id=caller.person_id, **fresh)
    session.execute(counted.on_conflict_do_update(index_elements=["person_id"], set_=more))


def hold(session: Session, *, token: str, sent_at: datetime, platform: str, external_id: int) -> str:
    """Exchanges a living code for one that waits while its newcomer makes a profile; any other text stays as it is."""
    read = door_token(token)
    if read is None or read.held:
        return token
    key = session.scalar(select(Event.check_in_key).where(Event.id == read.event_id))
    if key is None or not lives(read.proof, key, sent_at):
        return token
    return held_token(read.event_id, key, platform=platform, external_id=external_id)


def _key(session: Session, event_id: int) -> str:
    key = session.scalar(select(Event.check_in_key).where(Event.id == event_id, Event.status != EventStatus.DRAFT))
    if key is None:
        raise NotFoundError("check_in_unknown")
    return key


def _come(
    session: Session, caller: PersonCaller, *, event_id: int, moment: datetime, good: bool, refusal: str
) -> CheckedIn:
    marked = exists().where(
        Registration.event_id == event_id,
        Registration.person_id == caller.person_id,
        Registration.attended_at.is_not(None),
    )
    if session.scalar(select(marked)):
        return CheckedIn(queries.card(session, caller, event_id=event_id), changed=False, on_the_spot=False)
    if not good:
        raise DomainError(refusal)
    event = seats.next_turn(session, event_id)
    if event.by_parts:
        raise DomainError("event_by_parts")
    opens, closes = check_in_window(event.starts_at, event.ends_at)
    if moment < opens:
        raise DomainError("check_in_early", opens=opens)
    if moment > closes:
        raise DomainError("check_in_late")
    registration, new = seats.enter(session, caller, event=event, person_id=caller.person_id, cause=Cause.DOOR)
    had_seat = not new and registration.status is not RegistrationStatus.WAITING
    if not had_seat and moment > event.ends_at:
        raise DomainError("check_in_late")  # nobody comes through the door of what is over
    if not seats.take_seat_at_door(session, caller, event=event, registration=registration):
        raise DomainError("check_in_full")
    changed = registration.attended_at is None
    if changed:
        registration.attended_at = moment
        session.flush()
    return CheckedIn(queries.card(session, caller, event_id=event_id), changed, not had_seat)


def rate(session: Session, caller: PersonCaller, *, event_id: int, rating: int, first: bool = False) -> EventCard:
    """Keeps a rating, 1–5; a later one corrects it, but not by the `first` question, which stays in the chat.

    Raises DomainError `feedback_not_there`, `feedback_rating`, StaleError.
    """
    if not 1 <= rating <= 5:
        raise DomainError("feedback_rating")
    registration = _attended(session, event_id, caller.person_id, "feedback_not_there")
    if registration.rating != rating:
        if first and registration.rating is not None:
            raise StaleError
        registration.rating, registration.feedback_at = rating, caller.now
        session.flush()
    return queries.card(session, caller, event_id=event_id)


def comment(session: Session, caller: PersonCaller, *, event_id: int, text: str) -> EventCard:
    """Keeps words about the event, ≤ 1000 characters; the last ones stay. Raises DomainError `feedback_not_there`."""
    registration = _attended(session, event_id, caller.person_id, "feedback_not_there")
    registration.comment, registration.feedback_at = text[:COMMENT_LIMIT], caller.now
    session.flush()
    return queries.card(session, caller, event_id=event_id)


def certificate(session: Session, caller: PersonCaller, *, event_id: int, request: str = "") -> Verified:
    """Issues the certificate of somebody who was there, once: the second request gives the same number.

    Each `request` is answered by a receipt.

    Raises DomainError `certificate_not_there`, `certificate_early` before the event's end.
    """
    registration = _attended(session, event_id, caller.person_id, "certificate_not_there")
    if caller.now < session.get_one(Event, event_id).ends_at:
        raise DomainError("certificate_early")
    number = session.scalar(select(Certificate.number).where(Certificate.registration_id == registration.id))
    for _ in range(NUMBER_TRIES):
        if number is not None:
            break
        values = {
            "number": certificate_number(caller.now.date()),
            "registration_id": registration.id,
            "issued_at": caller.now,
        }
        number = session.scalar(
            insert(session, Certificate).values(**values).on_conflict_do_nothing().returning(Certificate.number)
        )
    found = paper.verify(session, number=number) if number else None
    if found is None:
        raise DomainError("conflict")
    notices.owe(session, caller, event_id=event_id, registration=registration, what="certificate", stamp=request)
    return found


def ask_for_material(session: Session, caller: PersonCaller, *, event_id: int, material_id: int, request: str) -> None:
    """Owes somebody who was there the file of a material; each `request` is answered once.

    Raises NotFoundError, DomainError `material_not_there`, `material_early` before the event's end.
    """
    registration = _attended(session, event_id, caller.person_id, "material_not_there")
    if caller.now < session.get_one(Event, event_id).ends_at:
        raise DomainError("material_early")
    material_file(session, event_id=event_id, material_id=material_id)
    stamp = f"{material_id}.{request}"
    more = {"material": material_id}
    notices.owe(session, caller, event_id=event_id, registration=registration, what="material", stamp=stamp, **more)


def material_file(session: Session, *, event_id: int, material_id: int) -> tuple[str, Scan]:
    """Returns a material's title and file; whoever asks has looked whose it is. Raises NotFoundError."""
    row = session.get(EventMaterial, material_id)
    if row is None or row.event_id != event_id or row.scan is None:
        raise NotFoundError
    return row.title, row.scan


def ask(session: Session, caller: PersonCaller, *, event_id: int, text: str, named: bool) -> None:
    """Keeps a question of somebody on the list to an event's hosts, who read it in the bot if they are there.

    The same words again are no second question. Raises DomainError `question_not_there`, `question_late`,
    `question_many`, `event_cancelled`, NotFoundError.
    """
    event = seats.lock(session, event_id)
    if event.status is EventStatus.CANCELLED:
        raise DomainError("event_cancelled")
    listed = exists().where(
        Registration.event_id == event_id,
        Registration.person_id == caller.person_id,
        Registration.status.in_(ACTIVE),
    )
    if not session.scalar(select(listed)):
        raise DomainError("question_not_there")
    if caller.now >= event.starts_at:
        raise DomainError("question_late")
    own = EventQuestion.event_id == event_id, EventQuestion.person_id == caller.person_id
    before = session.scalars(select(EventQuestion.text).where(*own)).all()
    if text in before:
        return
    if len(before) >= MOST_QUESTIONS:
        raise DomainError("question_many", most=MOST_QUESTIONS)
    question = EventQuestion(event_id=event_id, person_id=caller.person_id, text=text, named=named, asked_at=caller.now)
    session.add(question)
    session.flush()
    hosts = select(EventHost.person_id).where(EventHost.event_id == event_id, EventHost.person_id.is_not(None))
    for person_id in session.scalars(hosts.where(EventHost.person_id != caller.person_id).order_by(EventHost.id)):
        if person_id is not None:
            notices.tell_question(session, caller, question=question, person_id=person_id, what="question")


def answer(session: Session, caller: PersonCaller, *, question_id: int, text: str) -> None:
    """Answers a question as a host of its event; the asker reads it in the bot.

    Raises NotFoundError, DomainError `question_answered` where another host was quicker.
    """
    hosted = exists().where(EventHost.event_id == EventQuestion.event_id, EventHost.person_id == caller.person_id)
    if session.scalar(select(EventQuestion.id).where(EventQuestion.id == question_id, hosted)) is None:
        raise NotFoundError
    settle(session, caller, question_id=question_id, text=text)


def settle(session: Session, caller: Caller, *, question_id: int, text: str) -> None:
    """Keeps the one answer to a question, whoever gives it: who calls has looked whose question it is."""
    question = session.get_one(EventQuestion, question_id, with_for_update=True, populate_existing=True)
    if question.answer is not None:
        if question.answer == text:
            return
        raise DomainError("question_answered")
    question.answer, question.answered_at = text, caller.now
    session.flush()
    notices.tell_question(session, caller, question=question, person_id=question.person_id, what="answer")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as its host or its asker reads it; `name` only where the asker lets it be shown."""

    id: int
    title: str
    text: str
    answer: str | None
    name: str | None


def asked(session: Session, caller: PersonCaller, *, question_id: int) -> Asked:
    """Returns a question to a host of its event, or to whoever asked it. Raises NotFoundError."""
    row = session.execute(
        select(EventQuestion, Event.title, Person.full_name)
        .join(Event, Event.id == EventQuestion.event_id)
        .join(Person, Person.id == EventQuestion.person_id)
        .where(
            EventQuestion.id == question_id,
            or_(
                EventQuestion.person_id == caller.person_id,
                exists().where(EventHost.event_id == EventQuestion.event_id, EventHost.person_id == caller.person_id),
            ),
        )
    ).first()
    if row is None:
        raise NotFoundError
    question, title, name = row
    return Asked(question.id, title, question.text, question.answer, name if question.named else None)


def _attended(session: Session, event_id: int, person_id: int, refusal: str) -> Registration:
    registration = session.scalar(
        select(Registration)
        .join(Event)
        .join(Person, Person.id == Registration.person_id)
        .where(
            Registration.event_id == event_id,
            Registration.person_id == person_id,
            Registration.attended_at.is_not(None),
            Event.status == EventStatus.PUBLISHED,
            Person.erased_at.is_(None),
        )
        .with_for_update(of=Registration)
    )
    if registration is None:
        raise DomainError(refusal)
    return registration
