"""Plans, publishes, changes and cancels events; puts people in, takes them out, marks attendance: as methodists do.

An event of the whole region, or of another municipality, is not a municipal methodist's to change.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session

from db import texts
from db.accounts.staff_queries import refuse_own
from db.audit import services as audit
from db.caller import StaffCaller
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Audience, Municipality, Term, TermKind
from db.dictionaries.units import UnitLevel
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.events import hosts, notices, seats, staff_queries
from db.events.models import (
    Cause,
    Certificate,
    Event,
    EventComponent,
    EventMode,
    EventPosition,
    EventStatus,
    Registration,
    RegistrationStatus,
)
from db.events.rules import ACTIVE, CHECK_IN_AFTER, SERIES, Every, check_in_window, link, repeats
from db.people.models import Person
from db.people.staff_services import refuse_withdrawn
from db.transitions import move

CODE_BYTES = 6
HOURS = range(1, 1000)
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class EventPlan:
    """Everything a methodist fills in. Moments are aware; `capacity` empty means any number of people.

    `split`, `minimum`, `quota` and `young` as in `Event`; `positions` are terms.
    """

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
    level_id: int | None = None
    hours: int | None = None
    signatory: str | None = None
    meant_for: Audience | None = None
    for_network: bool = False
    split: bool = False
    online_capacity: int | None = None
    minimum: int | None = None
    quota_unit: UnitLevel | None = None
    quota: int | None = None
    positions: tuple[int, ...] = ()
    young: bool = False


def create_series(session: Session, caller: StaffCaller, *, plan: EventPlan, every: Every, times: int) -> list[int]:
    """Makes drafts that repeat at the same local hour, each an event of its own; returns their ids.

    Raises DomainError `event_times_many` and those of `create`.
    """
    if times not in SERIES:
        raise DomainError("event_times_many", most=SERIES[-1])
    moments = repeats(plan.starts_at, plan.ends_at, every=every, times=times, zone=caller.zone)
    return [create(session, caller, plan=replace(plan, starts_at=begins, ends_at=ends)) for begins, ends in moments]


def create(session: Session, caller: StaffCaller, *, plan: EventPlan, code: str | None = None) -> int:
    """Makes a draft; returns its id.

    Raises DomainError `event_times`, `event_place`, `event_link`, `letters_mixed`, ForbiddenError.
    """
    event = drafted(session, caller, plan=plan, code=code)
    _record(session, caller, event, "create")
    return event.id


def drafted(
    session: Session, caller: StaffCaller, *, plan: EventPlan, code: str | None = None, by_parts: bool = False
) -> Event:
    """Makes a draft for the use case of another noun, which has its own line of the journal. Raises as `create`."""
    _check(session, plan)
    _within(caller, plan.municipality_id)
    event = Event(
        code=code or secrets.token_hex(CODE_BYTES),
        check_in_key=secrets.token_urlsafe(KEY_BYTES),
        status=EventStatus.DRAFT,
        seated=0,
        sequence=0,
        revision=0,
        by_parts=by_parts,
        created_at=caller.now,
    )
    _fill(event, plan)
    session.add(event)
    session.flush()
    return event


def change(session: Session, caller: StaffCaller, *, event_id: int, plan: EventPlan, revision: int) -> None:
    """Changes an event and tells everybody on its list when time, place or link of a published one moved.

    More seats go to those who wait.

    Raises ConflictError when another methodist was quicker, DomainError `event_capacity` (with `seated`), `event_split`
    where somebody is online and the rooms are to be one, `event_quota_less` (with `listed`), `event_cancelled` and
    those of `create`.
    """
    event = _locked(session, caller, event_id)
    _check(session, plan)
    _within(caller, plan.municipality_id)
    if event.revision != revision:
        raise ConflictError
    if event.status is EventStatus.CANCELLED:
        raise DomainError("event_cancelled")
    _check_seats(session, event, plan)
    before = notices.about(event)
    was_ahead = caller.now < event.ends_at
    _fill(event, plan)
    if before["starts_at"] != event.starts_at.isoformat():
        event.minimum_asked_at = event.minimum_settled_at = None
    event.recorded = event.recorded and event.ends_at <= caller.now
    event.revision += 1
    session.flush()
    _record(session, caller, event, "change")
    if event.status is EventStatus.PUBLISHED and (was_ahead or caller.now < event.ends_at):
        if notices.about(event) != before:
            notices.tell_of_change(session, caller, event=event, before=before)
        seats.promote(session, caller, event=event, rules=dictionaries.rules(session))


def publish(session: Session, caller: StaffCaller, *, event_id: int) -> None:
    """Shows a draft in the bot; one that is over is entered as it was, and nobody is told or asked of it.

    Raises DomainError `event_started` for one that is under way; a published one stays as it is.
    """
    event = _locked(session, caller, event_id)
    if event.status is EventStatus.PUBLISHED:
        return
    if event.starts_at <= caller.now < event.ends_at:
        raise DomainError("event_started")
    event.recorded = caller.now >= event.ends_at
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
    for registration in notices.on_list(session, event_id=event.id):
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
    hosts.drop_materials(session, event_id=event_id)
    session.execute(delete(EventComponent).where(EventComponent.event_id == event_id))
    session.execute(delete(EventPosition).where(EventPosition.event_id == event_id))
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
    is to be taken from somebody who has a certificate, `event_by_parts`, `attendance_own`.
    """
    event, registration = _of_event(session, caller, registration_id)
    if event.by_parts:
        raise DomainError("event_by_parts")
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
        seats.unmark(caller, registration=registration)
    else:
        refuse_own(session, caller, registration.person_id, code="attendance_own")
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
    level = session.get(Term, plan.level_id) if plan.level_id is not None else None
    if plan.level_id is not None and (level is None or level.kind is not TermKind.EVENT_LEVEL):
        raise NotFoundError
    known = select(func.count()).where(Term.id.in_(plan.positions), Term.kind == TermKind.POSITION)
    if plan.positions and session.scalar(known) != len(set(plan.positions)):
        raise NotFoundError
    if plan.hours is not None and plan.hours not in HOURS:
        raise DomainError("event_hours")
    texts.one_alphabet(plan.title, field="title")
    if plan.ends_at <= plan.starts_at:
        raise DomainError("event_times")
    if plan.mode is not EventMode.ONLINE and not plan.place:
        raise DomainError("event_place")
    if plan.mode is not EventMode.OFFLINE and link(plan.link or "") is None:
        raise DomainError("event_link")


def _check_seats(session: Session, event: Event, plan: EventPlan) -> None:
    """Refuses to take seats away from those who have them."""
    split = plan.split and plan.mode is EventMode.HYBRID
    rooms = [(plan.capacity, event.seated), (plan.online_capacity if split else None, event.online_seated)]
    for capacity, seated in rooms:
        if capacity is not None and capacity < seated:
            raise DomainError("event_capacity", seated=seated)
    online = exists().where(Registration.event_id == event.id, Registration.online)
    if event.split and not split and session.scalar(select(online)):
        raise DomainError("event_split")
    tighter = plan.quota_unit is not event.quota_unit or (plan.quota or 0) < (event.quota or 0)
    if plan.quota_unit is not None and plan.quota is not None and tighter:
        listed = max(staff_queries.by_unit(session, event_id=event.id, unit=plan.quota_unit).values(), default=0)
        if plan.quota < listed:
            raise DomainError("event_quota_less", listed=listed)


def _fill(event: Event, plan: EventPlan) -> None:
    event.title, event.about, event.format_id = plan.title, plan.about, plan.format_id
    event.municipality_id, event.mode = plan.municipality_id, plan.mode
    event.place = plan.place if plan.mode is not EventMode.ONLINE else None
    event.link = link(plan.link or "") if plan.mode is not EventMode.OFFLINE else None
    event.starts_at, event.ends_at, event.capacity = plan.starts_at, plan.ends_at, plan.capacity
    event.audience, event.organiser = plan.audience, plan.organiser
    event.for_network = plan.for_network and not plan.open_to_all
    event.open_to_all = not event.for_network and (plan.open_to_all or plan.municipality_id is None)
    event.level_id, event.meant_for, event.young = plan.level_id, plan.meant_for, plan.young
    event.hours = event.hours if event.by_parts else plan.hours
    event.signatory = plan.signatory
    event.split = plan.split and plan.mode is EventMode.HYBRID
    event.online_capacity = plan.online_capacity if event.split else None
    event.minimum, event.quota = plan.minimum, plan.quota if plan.quota_unit else None
    event.quota_unit = plan.quota_unit if plan.quota else None
    known = {item.component: item for item in event.components}
    event.components = [known.get(code) or EventComponent(component=code) for code in dict.fromkeys(plan.components)]
    held = {item.position_id: item for item in event.positions}
    event.positions = [held.get(one) or EventPosition(position_id=one) for one in dict.fromkeys(plan.positions)]


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
