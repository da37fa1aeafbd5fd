"""Plans, publishes, changes and cancels events; puts people in, takes them out, marks attendance: as methodists do.

An event of the whole region, or of another municipality, is not a municipal methodist's to change.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Municipality, Term, TermKind
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.events import notices, seats
from db.events.models import (
    Cause,
    Certificate,
    Event,
    EventComponent,
    EventMode,
    EventStatus,
    Registration,
    RegistrationStatus,
)
from db.events.rules import ACTIVE, CHECK_IN_AFTER, check_in_window, link
from db.people.models import Person
from db.people.staff_services import refuse_withdrawn
from db.transitions import move

CODE_BYTES = 6
TOKEN_BYTES = 16


@dataclass(frozen=True, slots=True)
class EventPlan:
    """Everything a methodist fills in. Moments are aware; `capacity` empty means any number of people."""

    title: str
    about: str
    format_id: int
    municipality_id: int | None
    mode: EventMode
    place: str | None
    link: str | None
    starts_at: datetime
    ends_at: datetime
    capacity: int | None
    audience: str | None
    organiser: str | None
    open_to_all: bool
    components: tuple[str, ...]


def create(session: Session, caller: StaffCaller, *, plan: EventPlan, code: str | None = None) -> int:
    """Makes a draft; returns its id.

    Raises DomainError `event_times`, `event_place`, `event_link`, `letters_mixed`, ForbiddenError.
    """
    _check(session, plan)
    _within(caller, plan.municipality_id)
    event = Event(
        code=code or secrets.token_hex(CODE_BYTES),
        check_in_token=secrets.token_urlsafe(TOKEN_BYTES),
        status=EventStatus.DRAFT,
        seated=0,
        sequence=0,
        revision=0,
        created_at=caller.now,
    )
    _fill(event, plan)
    session.add(event)
    session.flush()
    _record(session, caller, event, "create")
    return event.id


def change(session: Session, caller: StaffCaller, *, event_id: int, plan: EventPlan, revision: int) -> None:
    """Changes an event and tells everybody on its list when time, place or link of a published one moved.

    More seats go to those who wait.

    Raises ConflictError when another methodist was quicker, DomainError `event_capacity` (with `seated`),
    `event_cancelled` and those of `create`.
    """
    event = _locked(session, caller, event_id)
    _check(session, plan)
    _within(caller, plan.municipality_id)
    if event.revision != revision:
        raise ConflictError
    if event.status is EventStatus.CANCELLED:
        raise DomainError("event_cancelled")
    if plan.capacity is not None and plan.capacity < event.seated:
        raise DomainError("event_capacity", seated=event.seated)
    before = notices.about(event)
    was_ahead = caller.now < event.ends_at
    _fill(event, plan)
    event.revision += 1
    session.flush()
    _record(session, caller, event, "change")
    if event.status is EventStatus.PUBLISHED and (was_ahead or caller.now < event.ends_at):
        if notices.about(event) != before:
            _tell_of_change(session, caller, event, before)
        seats.promote(session, caller, event=event, rules=dictionaries.rules(session))


def publish(session: Session, caller: StaffCaller, *, event_id: int) -> None:
    """Shows a draft in the bot. Raises DomainError `event_started`; a published one stays as it is."""
    event = _locked(session, caller, event_id)
    if event.status is EventStatus.PUBLISHED:
        return
    if caller.now >= event.starts_at:
        raise DomainError("event_started")
    move(event, EventStatus.PUBLISHED)
    _record(session, caller, event, "publish")


def call_off(session: Session, caller: StaffCaller, *, event_id: int, reason: str) -> None:
    """Cancels a published event: its list stays, everybody on it is told, with the reason. Once is enough.

    Raises DomainError `event_over`, `event_reason`.
    """
    event = _locked(session, caller, event_id)
    if event.status is EventStatus.CANCELLED:
        return
    if caller.now >= event.ends_at:
        raise DomainError("event_over")
    if not reason.strip():
        raise DomainError("event_reason")
    move(event, EventStatus.CANCELLED)
    event.revision += 1
    session.flush()
    notices.cancel_all_of(session, event_id=event.id)
    for registration in _on_list(session, event):
        notices.tell(
            session,
            caller,
            event=event,
            registration=registration,
            what="cancelled",
            reason=reason.strip(),
            waits=registration.status is not RegistrationStatus.SEATED,
        )
    _record(session, caller, event, "cancel")


def discard(session: Session, caller: StaffCaller, *, event_id: int) -> None:
    """Deletes a draft; nothing else can be deleted. Raises ConflictError for what was ever published."""
    event = _locked(session, caller, event_id)
    if event.status is not EventStatus.DRAFT:
        raise ConflictError
    _record(session, caller, event, "delete")
    session.execute(delete(EventComponent).where(EventComponent.event_id == event_id))
    session.execute(delete(Event).where(Event.id == event_id))


def add_person(session: Session, caller: StaffCaller, *, event_id: int, person_id: int) -> RegistrationStatus:
    """Registers somebody by hand, in turn like everybody else; the person is told. Returns a seat or a place in line.

    Raises NotFoundError for a person of another municipality, DomainError `event_cancelled`, `event_over`,
    `person_withdrawn`.
    """
    _locked(session, caller, event_id)
    person = session.get(Person, person_id)
    if person is None or not caller.scope.sees(person):
        raise NotFoundError
    refuse_withdrawn(session, person_id)
    event = seats.next_turn(session, event_id)
    if caller.now > event.ends_at + CHECK_IN_AFTER:
        raise DomainError("event_over")
    registration, new = seats.enter(session, caller, event=event, person_id=person_id, cause=Cause.HAND)
    if new:
        waits = registration.status is RegistrationStatus.WAITING
        if caller.now < event.starts_at:
            notices.tell(
                session,
                caller,
                event=event,
                registration=registration,
                what="registered",
                waits=waits,
                expires_at=event.starts_at,
            )
        _record(session, caller, event, "add_person", person_id=person_id)
    return registration.status


def remove_person(session: Session, caller: StaffCaller, *, registration_id: int, reason: str) -> None:
    """Takes somebody off the list, with a reason that the person reads; the seat goes to the next one.

    Raises NotFoundError, DomainError `event_reason`, `event_attended`.
    """
    event, registration = _of_event(session, caller, registration_id)
    if not reason.strip():
        raise DomainError("event_reason")
    if registration.status not in ACTIVE:
        return
    waited = registration.status is not RegistrationStatus.SEATED
    seats.leave(session, caller, event=event, registration=registration, cause=Cause.HAND)
    if caller.now < event.ends_at:
        notices.tell(
            session,
            caller,
            event=event,
            registration=registration,
            what="removed",
            reason=reason.strip(),
            waits=waited,
        )
    seats.promote(session, caller, event=event, rules=dictionaries.rules(session))
    _record(session, caller, event, "remove_person", person_id=registration.person_id)


def mark(session: Session, caller: StaffCaller, *, registration_id: int, present: bool) -> None:
    """Marks attendance by hand, also late; somebody from the waiting list gets a free seat by it.

    Raises NotFoundError, DomainError `check_in_early` (with `opens`), `check_in_full`, `certificate_issued` when a mark
    is to be taken from somebody who has a certificate.
    """
    event, registration = _of_event(session, caller, registration_id)
    opens, _ = check_in_window(event.starts_at, event.ends_at)
    if event.status is EventStatus.CANCELLED:
        raise DomainError("event_cancelled")
    if caller.now < opens:
        raise DomainError("check_in_early", opens=opens)
    if registration.status not in ACTIVE:
        raise ConflictError
    if present == (registration.attended_at is not None):
        return
    if not present:
        if session.scalar(select(exists().where(Certificate.registration_id == registration_id))):
            raise DomainError("certificate_issued")
        registration.attended_at = None
    else:
        if not seats.take_seat_at_door(session, caller, event=event, registration=registration):
            raise DomainError("check_in_full")
        registration.attended_at = caller.now
    session.flush()
    _record(session, caller, event, "mark", person_id=registration.person_id, present=present)


def _locked(session: Session, caller: StaffCaller, event_id: int) -> Event:
    event = session.scalar(
        select(Event).where(Event.id == event_id).with_for_update(of=Event).execution_options(populate_existing=True)
    )
    if event is None:
        raise NotFoundError("event_not_found")
    _within(caller, event.municipality_id)
    return event


def _of_event(session: Session, caller: StaffCaller, registration_id: int) -> tuple[Event, Registration]:
    event_id = session.scalar(select(Registration.event_id).where(Registration.id == registration_id))
    if event_id is None:
        raise NotFoundError
    event = _locked(session, caller, event_id)
    registration = session.get_one(Registration, registration_id, with_for_update=True, populate_existing=True)
    return event, registration


def _within(caller: StaffCaller, municipality_id: int | None) -> None:
    # Others' events may be read in the panel, so the answer is no secret: they are not to be changed.
    if not (caller.scope.can_write and caller.scope.sees(municipality_id)):
        raise ForbiddenError


def _check(session: Session, plan: EventPlan) -> None:
    kind = session.get(Term, plan.format_id)
    town = plan.municipality_id is None or session.get(Municipality, plan.municipality_id) is not None
    if kind is None or kind.kind is not TermKind.EVENT_FORMAT or not town:
        raise NotFoundError
    texts.one_alphabet(plan.title, field="title")
    if plan.ends_at <= plan.starts_at:
        raise DomainError("event_times")
    if plan.mode is not EventMode.ONLINE and not plan.place:
        raise DomainError("event_place")
    if plan.mode is not EventMode.OFFLINE and link(plan.link or "") is None:
        raise DomainError("event_link")


def _fill(event: Event, plan: EventPlan) -> None:
    event.title, event.about, event.format_id = plan.title, plan.about, plan.format_id
    event.municipality_id, event.mode = plan.municipality_id, plan.mode
    event.place = plan.place if plan.mode is not EventMode.ONLINE else None
    event.link = link(plan.link or "") if plan.mode is not EventMode.OFFLINE else None
    event.starts_at, event.ends_at, event.capacity = plan.starts_at, plan.ends_at, plan.capacity
    event.audience, event.organiser = plan.audience, plan.organiser
    event.open_to_all = plan.open_to_all or plan.municipality_id is None
    known = {item.component: item for item in event.components}
    event.components = [known.get(code) or EventComponent(component=code) for code in dict.fromkeys(plan.components)]


def _tell_of_change(session: Session, caller: StaffCaller, event: Event, before: dict[str, object]) -> None:
    notices.refresh(session, event=event, moved=before["starts_at"] != event.starts_at.isoformat())
    for registration in _on_list(session, event):
        until = registration.offered_until
        if until is not None and event.starts_at < until:
            registration.offered_until = until = event.starts_at
            notices.hold_offer(session, registration=registration, until=until, told=caller.now)
        notices.tell(
            session,
            caller,
            event=event,
            registration=registration,
            what="changed",
            stamp=event.revision,
            was_starts_at=before["starts_at"],
            was_ends_at=before["ends_at"],
            was_place=before["place"],
            was_link=before["link"],
            waits=registration.status is not RegistrationStatus.SEATED,
            until=until and until.isoformat(),
            expires_at=event.ends_at,
        )


def _on_list(session: Session, event: Event) -> list[Registration]:
    return list(
        session.scalars(
            select(Registration)
            .where(Registration.event_id == event.id, Registration.status.in_(ACTIVE))
            .order_by(Registration.sequence)
        )
    )


def _record(
    session: Session, caller: StaffCaller, event: Event, verb: str, *, person_id: int | None = None, **more: Any
) -> None:
    audit.record(
        session,
        caller,
        action=f"events.{verb}",
        object_type="event",
        object_id=event.id,
        subject_person_id=person_id,
        municipality_id=event.municipality_id,
        **more,
    )
