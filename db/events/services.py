"""Being there and what follows: check-in, attendance, feedback, certificates; and what comes due in time."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db.dictionaries.rules import Rules
from db.errors import DomainError, NotFoundError
from db.events import messages, queries, seats
from db.events.models import Cause, Certificate, Event, EventStatus, Registration, RegistrationStatus
from db.events.queries import Card, Verified
from db.events.rules import (
    COMMENT_LIMIT,
    DAY,
    DAY_REMINDER_UNTIL,
    FEEDBACK_ASKED_FOR,
    HOURS_REMINDER_UNTIL,
    certificate_number,
    check_in_window,
    day_before,
)
from db.notices.models import Notice
from db.notices.rules import hours_before
from db.people.models import Person
from db.upsert import insert

NUMBER_TRIES = 8


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """What became of a check-in. `on_the_spot` tells that the person had no seat before and has one now."""

    card: Card
    changed: bool
    on_the_spot: bool


def check_in(session: Session, *, token: str, person_id: int, now: datetime) -> CheckedIn:
    """Marks the person as present by the link on the methodist's page; who has no seat gets one if any is free.

    Raises NotFoundError, DomainError `check_in_early` (with `opens`, a moment), `check_in_late`, `check_in_full`,
    `event_cancelled`, `event_own_only`.
    """
    event_id = session.scalar(select(Event.id).where(Event.check_in_token == token))
    if event_id is None:
        raise NotFoundError("event_not_found")
    event = seats.next_turn(session, event_id)
    opens, closes = check_in_window(event.starts_at, event.ends_at)
    if now < opens:
        raise DomainError("check_in_early", opens=opens)
    if now > closes:
        raise DomainError("check_in_late")
    registration, new = seats.enter(session, event=event, person_id=person_id, now=now, cause=Cause.DOOR)
    had_seat = not new and registration.status is not RegistrationStatus.WAITING
    if not seats.take_seat_at_door(session, event=event, registration=registration, now=now):
        raise DomainError("check_in_full")
    changed = registration.attended_at is None
    if changed:
        registration.attended_at = now
        session.flush()
    return CheckedIn(queries.card(session, event_id=event_id, person_id=person_id), changed, not had_seat)


def rate(session: Session, *, event_id: int, person_id: int, rating: int, now: datetime) -> Card:
    """Feedback in one tap, 1–5; a later tap corrects it. Raises DomainError `feedback_not_there`, `feedback_rating`."""
    if not 1 <= rating <= 5:
        raise DomainError("feedback_rating")
    registration = _attended(session, event_id, person_id, "feedback_not_there")
    if registration.rating != rating:
        registration.rating, registration.feedback_at = rating, now
        session.flush()
    return queries.card(session, event_id=event_id, person_id=person_id)


def comment(session: Session, *, event_id: int, person_id: int, text: str, now: datetime) -> Card:
    """A few words about the event, ≤ 1000 characters; the last ones stay. Raises DomainError `feedback_not_there`."""
    registration = _attended(session, event_id, person_id, "feedback_not_there")
    registration.comment, registration.feedback_at = text[:COMMENT_LIMIT], now
    session.flush()
    return queries.card(session, event_id=event_id, person_id=person_id)


def certificate(session: Session, *, event_id: int, person_id: int, now: datetime) -> Verified:
    """The certificate of somebody who was there, issued once: the second request gives the same number.

    Raises DomainError `certificate_not_there`, `certificate_early` before the event's end.
    """
    registration = _attended(session, event_id, person_id, "certificate_not_there")
    if now < session.get_one(Event, event_id).ends_at:
        raise DomainError("certificate_early")
    number = session.scalar(select(Certificate.number).where(Certificate.registration_id == registration.id))
    for _ in range(NUMBER_TRIES):
        if number is not None:
            break
        values = {"number": certificate_number(now.date()), "registration_id": registration.id, "issued_at": now}
        number = session.scalar(
            insert(session, Certificate).values(**values).on_conflict_do_nothing().returning(Certificate.number)
        )
    found = queries.verify(session, number=number) if number else None
    if found is None:
        raise DomainError("conflict")
    return found


def sweep(session: Session, *, rules: Rules, zone: ZoneInfo, now: datetime) -> None:
    """What has come due: offers that ran out, reminders, requests for feedback. Any number of runs says it once."""
    seats.expire_offers(session, rules=rules, zone=zone, now=now)
    seats.offer_free(session, rules=rules, zone=zone, now=now)
    _remind(session, rules=rules, zone=zone, now=now)
    _ask_for_feedback(session, now=now)


def _remind(session: Session, *, rules: Rules, zone: ZoneInfo, now: datetime) -> None:
    """What came due while nobody swept, and is too late by now, is put in too: the outbox marks it as expired."""
    near = session.scalars(
        select(Event).where(
            Event.status == EventStatus.PUBLISHED, Event.starts_at > now - DAY, Event.starts_at <= now + 2 * DAY
        )
    )
    for event in near:
        reminders = (
            ("reminder_day", day_before(event.starts_at, rules=rules, zone=zone), DAY_REMINDER_UNTIL),
            ("reminder_hours", hours_before(event.starts_at, rules=rules, zone=zone), HOURS_REMINDER_UNTIL),
        )
        for what, moment, until in reminders:
            if now < moment:
                continue
            # An event that is moved is reminded of anew; who sat down after the moment has just read the ticket.
            stamp = int(event.starts_at.timestamp())
            wanted = (Registration.seated_at <= moment, Registration.attended_at.is_(None))
            for registration in _untold(session, event, what, stamp, *wanted):
                messages.tell(
                    session,
                    event=event,
                    registration=registration,
                    what=what,
                    stamp=stamp,
                    now=now,
                    expires_at=event.starts_at - until,
                )


def _ask_for_feedback(session: Session, *, now: datetime) -> None:
    over = session.scalars(
        select(Event).where(
            Event.status == EventStatus.PUBLISHED, Event.ends_at <= now, Event.ends_at > now - FEEDBACK_ASKED_FOR
        )
    )
    for event in over:
        wanted = (Registration.attended_at.is_not(None), Registration.rating.is_(None))
        for registration in _untold(session, event, "feedback", "", *wanted):
            messages.tell(
                session,
                event=event,
                registration=registration,
                what="feedback",
                now=now,
                expires_at=event.ends_at + FEEDBACK_ASKED_FOR,
                expected=False,
            )


def _untold(
    session: Session, event: Event, what: str, stamp: object, *wanted: ColumnElement[bool]
) -> list[Registration]:
    return list(
        session.scalars(
            select(Registration)
            .join(Person, Person.id == Registration.person_id)
            .outerjoin(Notice, Notice.key == messages.key_of(event.id, what, stamp))
            .where(
                Person.external_id.is_not(None),  # who came on paper is not in the messenger: nothing to fail
                Registration.event_id == event.id,
                Registration.status == RegistrationStatus.SEATED,
                Notice.id.is_(None),
                *wanted,
            )
            .order_by(Registration.sequence)
        )
    )


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
