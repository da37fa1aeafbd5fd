"""Checks people in, takes their feedback, issues certificates."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.errors import DomainError, NotFoundError
from db.events import notices, queries, seats
from db.events.models import Cause, Certificate, Event, EventStatus, Registration, RegistrationStatus
from db.events.queries import EventCard, Verified
from db.events.rules import (
    COMMENT_LIMIT,
    certificate_number,
    check_in_window,
)
from db.people.models import Person
from db.upsert import insert

NUMBER_TRIES = 8


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """What became of a check-in. `on_the_spot` tells that the person had no seat before and has one now."""

    card: EventCard
    changed: bool
    on_the_spot: bool


def check_in(session: Session, caller: PersonCaller, *, token: str) -> CheckedIn:
    """Marks the person as present by the link on the methodist's page.

    Who has no seat gets one if any is free and the event is not over.

    Raises NotFoundError, DomainError `check_in_early` (with `opens`, a moment), `check_in_late`, `check_in_full`,
    `event_cancelled`, `event_own_only`.
    """
    event_id = session.scalar(select(Event.id).where(Event.check_in_token == token))
    if event_id is None:
        raise NotFoundError("check_in_unknown")
    event = seats.next_turn(session, event_id)
    opens, closes = check_in_window(event.starts_at, event.ends_at)
    if caller.now < opens:
        raise DomainError("check_in_early", opens=opens)
    if caller.now > closes:
        raise DomainError("check_in_late")
    registration, new = seats.enter(session, caller, event=event, person_id=caller.person_id, cause=Cause.DOOR)
    had_seat = not new and registration.status is not RegistrationStatus.WAITING
    if not had_seat and caller.now > event.ends_at:
        raise DomainError("check_in_late")  # nobody comes through the door of what is over: the link was forwarded
    if not seats.take_seat_at_door(session, caller, event=event, registration=registration):
        raise DomainError("check_in_full")
    changed = registration.attended_at is None
    if changed:
        registration.attended_at = caller.now
        session.flush()
    return CheckedIn(queries.card(session, caller, event_id=event_id), changed, not had_seat)


def rate(session: Session, caller: PersonCaller, *, event_id: int, rating: int, first: bool = False) -> EventCard:
    """Keeps a rating, 1–5; a later one corrects it, but not by the `first` question, which stays in the chat.

    Raises DomainError `feedback_not_there`, `feedback_rating`, `stale_button`.
    """
    if not 1 <= rating <= 5:
        raise DomainError("feedback_rating")
    registration = _attended(session, event_id, caller.person_id, "feedback_not_there")
    if registration.rating != rating:
        if first and registration.rating is not None:
            raise DomainError("stale_button")
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
    found = queries.verify(session, number=number) if number else None
    if found is None:
        raise DomainError("conflict")
    notices.owe(session, caller, event_id=event_id, registration=registration, what="certificate", stamp=request)
    return found


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
