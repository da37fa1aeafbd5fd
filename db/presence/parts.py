"""Plans the parts of an event and keeps who sat in each: for whoever has locked the event and has a line of its own.

Where an event counts by its parts, whoever sat in all of them was there, and its hours are theirs together.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from db import texts
from db.caller import Caller
from db.errors import DomainError, NotFoundError
from db.events import seats
from db.events.models import Certificate, Event, Registration, RegistrationStatus
from db.presence.models import EventSession, SessionMark
from db.upsert import insert

MOST_SESSIONS = 40


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A part of an event as a methodist types it."""

    title: str
    starts_at: datetime
    ends_at: datetime
    hours: int | None = None
    place: str | None = None


def put(session: Session, caller: Caller, *, event: Event, plan: SessionPlan) -> EventSession:
    """Adds a part. Raises DomainError `session_title`, `session_times`, `session_many`, `certificate_issued`."""
    title = texts.quoted(plan.title)
    if not title:
        raise DomainError("session_title")
    if plan.ends_at <= plan.starts_at or plan.starts_at < event.starts_at or plan.ends_at > event.ends_at:
        raise DomainError("session_times")
    known = session.scalars(select(EventSession.id).where(EventSession.event_id == event.id)).all()
    if len(known) >= MOST_SESSIONS:
        raise DomainError("session_many", most=MOST_SESSIONS)
    _refuse_issued(session, event)
    part = EventSession(
        event_id=event.id,
        title=title,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        hours=plan.hours,
        place=plan.place or None,
    )
    session.add(part)
    count(session, caller, event)
    return part


def drop(session: Session, caller: Caller, *, event: Event, part: EventSession) -> None:
    """Takes a part out. Raises DomainError `session_attended` where somebody sat in it, `certificate_issued`."""
    if session.scalar(select(SessionMark.registration_id).where(SessionMark.session_id == part.id).limit(1)):
        raise DomainError("session_attended")
    _refuse_issued(session, event)
    session.delete(part)
    count(session, caller, event)


def move_along(session: Session, *, event: Event, by: timedelta) -> None:
    """Moves the parts of an event that was moved, each by as much, as long as nobody has sat in any.

    Those of an event that counts by its parts have days of their own and stay. Raises DomainError `session_times` where
    a part would be outside of its event.
    """
    known = session.scalars(select(EventSession).where(EventSession.event_id == event.id)).all()
    sat = select(SessionMark.session_id).where(SessionMark.session_id.in_([one.id for one in known])).limit(1)
    if by and not event.by_parts and session.scalar(sat) is None:
        for part in known:
            part.starts_at, part.ends_at = part.starts_at + by, part.ends_at + by
    if any(part.starts_at < event.starts_at or part.ends_at > event.ends_at for part in known):
        raise DomainError("session_times")


def sit(
    session: Session, caller: Caller, *, event: Event, part: EventSession, registration_ids: Collection[int]
) -> int:
    """Keeps who of those who may sat in a part: these, and nobody else. Returns how many.

    Raises DomainError `session_ahead` before a part that counts has begun, `certificate_issued` where a mark is to be
    taken from somebody who has a paper of it.
    """
    if event.by_parts and caller.now < part.starts_at:
        raise DomainError("session_ahead", opens=part.starts_at)
    may = set(session.scalars(select(Registration.id).where(Registration.event_id == event.id, may_sit(event))))
    wanted = may & set(registration_ids)
    marks = SessionMark.session_id == part.id
    # Whoever has left keeps what was attended: nobody ticks them here any more.
    known = may & set(session.scalars(select(SessionMark.registration_id).where(marks)))
    if event.by_parts and known - wanted:
        issued = select(Certificate.id).where(Certificate.registration_id.in_(known - wanted)).limit(1)
        if session.scalar(issued) is not None:
            raise DomainError("certificate_issued")
    if known - wanted:
        session.execute(delete(SessionMark).where(marks, SessionMark.registration_id.in_(known - wanted)))
    rows = [
        {"session_id": part.id, "registration_id": number, "marked_at": caller.now} for number in sorted(wanted - known)
    ]
    if rows:
        session.execute(insert(session, SessionMark).on_conflict_do_nothing(), rows)
    count(session, caller, event)
    return len(wanted)


def may_sit(event: Event) -> ColumnElement[bool]:
    """Returns whose marks a part of this event takes: those who came or, where the parts count, who has a seat."""
    if event.by_parts:
        return Registration.status == RegistrationStatus.SEATED
    return Registration.attended_at.is_not(None)


def part_of(session: Session, event_id: int, session_id: int) -> EventSession:
    """Returns a part of this event. Raises NotFoundError."""
    part = session.get(EventSession, session_id)
    if part is None or part.event_id != event_id:
        raise NotFoundError
    return part


def _refuse_issued(session: Session, event: Event) -> None:
    """What a paper says of the parts together stays true. Raises DomainError `certificate_issued`."""
    if event.by_parts:
        issued = select(Certificate.id).join(Registration).where(Registration.event_id == event.id).limit(1)
        if session.scalar(issued) is not None:
            raise DomainError("certificate_issued")


def count(session: Session, caller: Caller, event: Event) -> None:
    """Brings hours and attendance to what the parts say now, where they count."""
    session.flush()
    if not event.by_parts:
        return
    planned, hours = session.execute(
        select(func.count(), func.sum(EventSession.hours)).where(EventSession.event_id == event.id)
    ).one()
    event.hours = int(hours) if hours else None
    sat = (
        select(func.count())
        .where(SessionMark.registration_id == Registration.id)
        .correlate(Registration)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Registration, sat.label("sat")).where(
            Registration.event_id == event.id, Registration.status == RegistrationStatus.SEATED
        )
    )
    for registration, marks in rows.all():
        whole = planned > 0 and marks == planned
        if whole and registration.attended_at is None:
            registration.attended_at = caller.now
        elif not whole and registration.attended_at is not None:
            seats.unmark(caller, registration=registration)
    session.flush()
