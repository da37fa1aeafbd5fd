"""What a helper at the door may do by a link: see the list, bring marks. Whoever holds the link is no account."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.audit.models import AuditEntry, AuditSubject
from db.caller import Caller
from db.errors import DomainError, NotFoundError
from db.events import seats
from db.events.models import Event, EventStatus, Registration
from db.events.rules import ACTIVE, DoorCode, door_code
from db.people.models import Person
from db.people.services import token_hash
from db.presence.models import DoorHelper, PaperGuest
from db.presence.rules import (
    LATE_LINE,
    MOST_GUESTS,
    NAME_KEPT,
    READY_BEFORE,
    SEEN_FOR,
    DoorMark,
    believed,
    door_hours,
    same_name,
)
from db.upsert import insert


@dataclass(frozen=True, slots=True)
class ListedGuest:
    """Somebody on the list at the door."""

    registration_id: int
    name: str
    here: bool


@dataclass(frozen=True, slots=True)
class OpenDoor:
    """One event as its helper sees it. `guests` are those on paper; `code` is what a screen would show."""

    event: Event
    label: str
    listed: list[ListedGuest]
    guests: int
    code: DoorCode
    open: bool

    @property
    def here(self) -> int:
        """How many are in."""
        return sum(one.here for one in self.listed) + self.guests


@dataclass(slots=True)
class Brought:
    """What became of marks that a phone brought: keys that are done with, and those refused with the reason."""

    door: OpenDoor
    taken: list[str] = field(default_factory=list)
    refused: dict[str, DomainError] = field(default_factory=dict)


def look(session: Session, caller: Caller, *, token: str) -> OpenDoor:
    """Shows the list to whoever holds the link; that names were seen is in the journal.

    Raises NotFoundError for a link that is none, was withdrawn or is over, DomainError `event_cancelled`.
    """
    helper, event = _helped(session, caller, token)
    door = _door(session, caller, helper, event)
    _saw(session, caller, helper, event, _people_of(session, door))
    return door


def bring(session: Session, caller: Caller, *, token: str, marks: Sequence[DoorMark]) -> Brought:
    """Marks everybody whom a phone wrote down, each once, however often and from however many phones it comes.

    One mark that is refused holds up no other. The answer is the list, so it is a look at it too, with or without
    marks: a phone that asks every few seconds has a line in the journal for whom it has not seen this hour.
    Raises as `look`, and DomainError `check_in_early`.
    """
    helper, _ = _helped(session, caller, token)
    event = seats.lock(session, helper.event_id)
    opens, closes = door_hours(event.starts_at, event.ends_at)
    if marks and caller.now < opens:
        raise DomainError("check_in_early", opens=opens)
    taken: list[str] = []
    refused: dict[str, DomainError] = {}
    for mark in marks:
        at = believed(mark.at, opens=opens, closes=closes, now=caller.now)
        try:
            with session.begin_nested():  # what one of them began goes back alone
                if mark.registration_id is not None:
                    _listed(session, caller, event, mark.registration_id, at)
                else:
                    _walked_in(session, caller, event, helper, mark, at)
            taken.append(mark.key)
        except DomainError as refusal:
            refused[mark.key] = refusal
    if marks:
        audit.record(
            session,
            caller,
            action="presence.bring",
            object_type="event",
            object_id=event.id,
            municipality_id=event.municipality_id,
            helper=helper.id,
            taken=len(taken),
            refused=len(refused),
        )
    session.flush()
    door = _door(session, caller, helper, event)
    unseen = set(_people_of(session, door)) - _seen(session, caller, helper, event)
    if unseen:
        _saw(session, caller, helper, event, unseen)
    return Brought(door, taken, refused)


def come_in(session: Session, caller: Caller, *, event: Event, registration: Registration) -> None:
    """Seats somebody of a locked event's list who stands at the door.

    Raises DomainError `check_in_full`, `event_by_parts`.
    """
    if event.by_parts:
        raise DomainError("event_by_parts")
    if not seats.take_seat_at_door(session, caller, event=event, registration=registration):
        raise DomainError("check_in_full")


def forget_names(session: Session, caller: Caller) -> None:
    """Drops the names of guests on paper whose term is over; that somebody was there stays as a number."""
    old = update(PaperGuest).where(PaperGuest.received_at <= caller.now - NAME_KEPT, PaperGuest.name.is_not(None))
    session.execute(old.values(name=None))


def _helped(session: Session, caller: Caller, token: str) -> tuple[DoorHelper, Event]:
    found = session.execute(
        select(DoorHelper, Event)
        .join(Event, Event.id == DoorHelper.event_id)
        .where(DoorHelper.token_hash == token_hash(token), DoorHelper.withdrawn_at.is_(None))
    ).first()
    if found is None:
        raise NotFoundError("door_closed")
    helper, event = found
    if event.status is EventStatus.CANCELLED:
        raise DomainError("event_cancelled")
    if caller.now > door_hours(event.starts_at, event.ends_at)[1] + LATE_LINE:
        raise NotFoundError("door_closed")
    return helper, event


def _door(session: Session, caller: Caller, helper: DoorHelper, event: Event) -> OpenDoor:
    opens, closes = door_hours(event.starts_at, event.ends_at)
    people = session.execute(
        select(Registration.id, Person.full_name, Registration.attended_at)
        .join(Person, Person.id == Registration.person_id)
        .where(Registration.event_id == event.id, Registration.status.in_(ACTIVE), Person.full_name.is_not(None))
        .order_by(Person.full_name, Registration.id)
    )
    listed = [ListedGuest(number, name or "", at is not None) for number, name, at in people]
    guests = session.scalar(select(func.count()).where(PaperGuest.event_id == event.id)) or 0
    code = door_code(event.id, event.check_in_key, caller)
    # Names come to the phone on the day itself; when the door is shut they leave it with the next look.
    is_open = opens - READY_BEFORE <= caller.now <= closes
    return OpenDoor(event, helper.label, listed if is_open else [], guests, code, is_open and caller.now >= opens)


def _people_of(session: Session, door: OpenDoor) -> Sequence[int]:
    shown = [one.registration_id for one in door.listed]
    return session.scalars(select(Registration.person_id).where(Registration.id.in_(shown))).all()


def _seen(session: Session, caller: Caller, helper: DoorHelper, event: Event) -> set[int]:
    """Whom the journal says that this link has shown within the hour."""
    lines = select(AuditSubject.person_id).join(AuditEntry, AuditEntry.id == AuditSubject.entry_id)
    recent = lines.where(
        AuditEntry.object_type == "event",
        AuditEntry.object_id == event.id,
        AuditEntry.action == "presence.look",
        AuditEntry.at > caller.now - SEEN_FOR,
        AuditEntry.details["helper"].as_integer() == helper.id,
    )
    return set(session.scalars(recent))


def _saw(session: Session, caller: Caller, helper: DoorHelper, event: Event, people: Collection[int]) -> None:
    audit.record(
        session,
        caller,
        action="presence.look",
        object_type="event",
        object_id=event.id,
        municipality_id=event.municipality_id,
        people=people,
        helper=helper.id,
    )


def _listed(session: Session, caller: Caller, event: Event, registration_id: int, at: datetime) -> None:
    registration = session.get(Registration, registration_id, with_for_update=True, populate_existing=True)
    if registration is None or registration.event_id != event.id:
        raise NotFoundError
    if registration.attended_at is not None:
        registration.attended_at = min(registration.attended_at, at)
        return
    if registration.status not in ACTIVE:
        raise DomainError("door_left")
    come_in(session, caller, event=event, registration=registration)
    session.refresh(registration)
    registration.attended_at = at
    session.flush()


def _walked_in(
    session: Session, caller: Caller, event: Event, helper: DoorHelper, mark: DoorMark, at: datetime
) -> None:
    name = texts.quoted(mark.name)
    if not name:
        raise DomainError("door_name")
    known = session.execute(
        select(Registration.id, Person.full_name)
        .join(Person, Person.id == Registration.person_id)
        .where(Registration.event_id == event.id, Registration.status.in_(ACTIVE))
    ).all()
    alike = [number for number, full_name in known if same_name(full_name or "", name)]
    if len(alike) == 1:
        _listed(session, caller, event, alike[0], at)
        return
    guests = session.scalars(select(PaperGuest).where(PaperGuest.event_id == event.id)).all()
    if any(one.key != mark.key and same_name(one.name or "", name) for one in guests):
        return
    if len(guests) >= MOST_GUESTS:
        raise DomainError("door_guests", most=MOST_GUESTS)
    row = {
        "event_id": event.id,
        "key": mark.key,
        "name": name,
        "helper_id": helper.id,
        "marked_at": at,
        "received_at": caller.now,
    }
    session.execute(insert(session, PaperGuest).values(**row).on_conflict_do_nothing())
