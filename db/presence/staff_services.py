"""Gives and withdraws helpers' links, writes guests on paper down, says who they are, keeps the parts of an event."""

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from db import texts
from db.accounts.staff_queries import refuse_own
from db.audit import services as audit
from db.caller import StaffCaller
from db.errors import ConflictError, DomainError, NotFoundError
from db.events import seats
from db.events import staff_services as events
from db.events.models import Cause, Event, EventStatus, Registration
from db.events.rules import check_in_window
from db.events.staff_services import EventPlan
from db.people.services import token_hash
from db.people.staff_queries import within
from db.people.staff_services import refuse_withdrawn
from db.presence import parts
from db.presence.models import DoorHelper, PaperGuest, SessionMark
from db.presence.parts import SessionPlan
from db.presence.rules import door_hours
from db.presence.services import come_in

TOKEN_BYTES = 24
MOST_HELPERS = 20


def change_event(session: Session, caller: StaffCaller, *, event_id: int, plan: EventPlan, revision: int) -> None:
    """Changes an event; its parts go along with it to another day. Raises as `events.change`, and `session_times`."""
    began = session.scalar(select(Event.starts_at).where(Event.id == event_id))
    events.change(session, caller, event_id=event_id, plan=plan, revision=revision)
    event = session.get_one(Event, event_id)
    parts.move_along(session, event=event, by=event.starts_at - (began or event.starts_at))


def give_link(session: Session, caller: StaffCaller, *, event_id: int, label: str) -> str:
    """Makes a helper's link and returns its token, which is shown once; only the hash is kept.

    Raises DomainError `helper_label`, `helper_many`, `event_over`, `event_cancelled` and what `_locked` does.
    """
    event = _locked(session, caller, event_id)
    word = texts.quoted(label)
    if not word:
        raise DomainError("helper_label")
    if event.status is EventStatus.CANCELLED:
        raise DomainError("event_cancelled")
    if caller.now > door_hours(event.starts_at, event.ends_at)[1]:
        raise DomainError("event_over")
    given = select(DoorHelper.id).where(DoorHelper.event_id == event_id, DoorHelper.withdrawn_at.is_(None))
    if len(session.scalars(given).all()) >= MOST_HELPERS:
        raise DomainError("helper_many", most=MOST_HELPERS)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    helper = DoorHelper(
        event_id=event_id,
        token_hash=token_hash(token),
        label=word,
        created_by=caller.scope.staff_id,
        created_at=caller.now,
    )
    session.add(helper)
    session.flush()
    _record(session, caller, event, action="presence.give_link", helper=helper.id)
    return token


def withdraw_link(session: Session, caller: StaffCaller, *, event_id: int, helper_id: int) -> None:
    """Ends a helper's link at once. Raises NotFoundError."""
    event = _locked(session, caller, event_id)
    helper = session.get(DoorHelper, helper_id)
    if helper is None or helper.event_id != event_id:
        raise NotFoundError
    if helper.withdrawn_at is None:
        helper.withdrawn_at = caller.now
        _record(session, caller, event, action="presence.withdraw_link", helper=helper.id)


def write_down(session: Session, caller: StaffCaller, *, event_id: int, name: str) -> None:
    """Writes a guest on paper down, also after the event, from the signed sheet.

    Raises DomainError `door_name`, `check_in_early`, `event_cancelled`.
    """
    event = _locked(session, caller, event_id)
    opens, _ = check_in_window(event.starts_at, event.ends_at)
    word = texts.quoted(name)
    if not word:
        raise DomainError("door_name")
    if event.status is EventStatus.CANCELLED:
        raise DomainError("event_cancelled")
    if caller.now < opens:
        raise DomainError("check_in_early", opens=opens)
    guest = PaperGuest(
        event_id=event_id,
        key=secrets.token_hex(16),
        name=word,
        marked_at=min(caller.now, event.ends_at),
        received_at=caller.now,
    )
    session.add(guest)
    session.flush()
    _record(session, caller, event, action="presence.write_down", guest=guest.id)


def drop_guest(session: Session, caller: StaffCaller, *, event_id: int, guest_id: int) -> None:
    """Takes a guest on paper off, written down by mistake. Raises NotFoundError."""
    event = _locked(session, caller, event_id)
    guest = _guest(session, event_id, guest_id)
    _record(session, caller, event, action="presence.drop_guest", guest=guest_id)
    session.delete(guest)


def recognise(session: Session, caller: StaffCaller, *, event_id: int, guest_id: int, person_id: int) -> None:
    """Says who a guest on paper is: the visit becomes that person's, with the moment at the door, and the name goes.

    Raises NotFoundError for somebody out of reach, DomainError `attendance_own`, `person_withdrawn`, `check_in_full`.
    """
    event = _locked(session, caller, event_id)
    guest = _guest(session, event_id, guest_id)
    if event.status is EventStatus.CANCELLED:
        raise ConflictError
    _attended(session, caller, event_id=event_id, person_id=person_id, at=guest.marked_at)
    session.delete(guest)
    session.flush()
    _record(session, caller, event, action="presence.recognise", subject_person_id=person_id, guest=guest_id)


def came(session: Session, caller: StaffCaller, *, event_id: int, person_ids: Collection[int]) -> int:
    """Enters people of the register who were at an event that is over; nobody is told of it. Returns how many are new.

    Their certificates are issued as everybody's. Raises NotFoundError for somebody out of reach, DomainError
    `came_nobody`, `came_early`, `event_cancelled`, `attendance_own`, `person_withdrawn`, `check_in_full` and those of
    the quota.
    """
    event = _locked(session, caller, event_id)
    if not person_ids:
        raise DomainError("came_nobody")
    if event.status is EventStatus.CANCELLED:
        raise DomainError("event_cancelled")
    if caller.now < event.ends_at:
        raise DomainError("came_early")
    new = sum(
        _attended(session, caller, event_id=event_id, person_id=person_id, at=event.ends_at)
        for person_id in sorted(set(person_ids))
    )
    audit.record(
        session,
        caller,
        action="presence.came",
        object_type="event",
        object_id=event.id,
        municipality_id=event.municipality_id,
        people=person_ids,
        new=new,
    )
    return new


def add_session(session: Session, caller: StaffCaller, *, event_id: int, plan: SessionPlan) -> None:
    """Adds a part to an event. Raises as `parts.put`, DomainError `session_by_programme` where the parts count."""
    event = _locked(session, caller, event_id)
    if event.by_parts:
        raise DomainError("session_by_programme")
    part = parts.put(session, caller, event=event, plan=plan)
    _record(session, caller, event, action="presence.add_session", part=part.id)


def drop_session(session: Session, caller: StaffCaller, *, event_id: int, session_id: int) -> None:
    """Takes a part out of an event. Raises as `parts.drop`, DomainError `session_by_programme`."""
    event = _locked(session, caller, event_id)
    if event.by_parts:
        raise DomainError("session_by_programme")
    parts.drop(session, caller, event=event, part=parts.part_of(session, event_id, session_id))
    _record(session, caller, event, action="presence.drop_session", part=session_id)


def sit_in(
    session: Session, caller: StaffCaller, *, event_id: int, session_id: int, registration_ids: Collection[int]
) -> None:
    """Keeps who of those who came sat in a part: these, and nobody else.

    Raises as `parts.sit`, DomainError `attendance_own` where the asker is one of the new ones.
    """
    event = _locked(session, caller, event_id)
    part = parts.part_of(session, event_id, session_id)
    sat = exists().where(SessionMark.session_id == part.id, SessionMark.registration_id == Registration.id)
    theirs = Registration.event_id == event_id, Registration.id.in_(registration_ids)
    fresh = session.scalars(select(Registration.person_id).where(*theirs, ~sat))
    refuse_own(session, caller, *fresh, code="attendance_own")
    came = parts.sit(session, caller, event=event, part=part, registration_ids=registration_ids)
    _record(session, caller, event, action="presence.sit_in", part=session_id, came=came)


def _locked(session: Session, caller: StaffCaller, event_id: int) -> Event:
    """Locks a published event of one's own. Raises NotFoundError, ForbiddenError."""
    event = seats.lock(session, event_id)
    caller.scope.check_write(event)
    return event


def _attended(session: Session, caller: StaffCaller, *, event_id: int, person_id: int, at: datetime) -> bool:
    """Enters somebody who was at a locked event, since this moment. Tells whether it was not known yet."""
    within(session, caller, person_id=person_id)
    refuse_own(session, caller, person_id, code="attendance_own")
    refuse_withdrawn(session, person_id)
    turn = seats.next_turn(session, event_id)
    registration, _ = seats.enter(session, caller, event=turn, person_id=person_id, cause=Cause.HAND)
    if registration.attended_at is not None:
        return False
    come_in(session, caller, event=turn, registration=registration)
    registration.attended_at = at
    session.flush()
    return True


def _guest(session: Session, event_id: int, guest_id: int) -> PaperGuest:
    guest = session.get(PaperGuest, guest_id)
    if guest is None or guest.event_id != event_id:
        raise NotFoundError
    return guest


def _record(
    session: Session,
    caller: StaffCaller,
    event: Event,
    *,
    action: str,
    subject_person_id: int | None = None,
    **more: Any,
) -> None:
    audit.record(
        session,
        caller,
        action=action,
        object_type="event",
        object_id=event.id,
        subject_person_id=subject_person_id,
        municipality_id=event.municipality_id,
        **more,
    )
