"""Reads what a person is registered for together with the lessons of what consists of them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam, select
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.events import queries
from db.events.models import Event, EventStatus, Registration, RegistrationStatus
from db.events.queries import Own
from db.presence.models import EventSession, SessionMark

MOST = 100


@dataclass(frozen=True, slots=True)
class OwnLesson:
    """A lesson of an event that counts by its lessons; `sat`: whether the person was there."""

    id: int
    event_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str | None
    sat: bool = False


def own(session: Session, caller: PersonCaller, *, past: bool) -> tuple[list[Own], list[OwnLesson]]:
    """Lists one's registrations and the lessons of those that one has a seat for: ahead, or past."""
    asked = {"person": caller.person_id, "now": caller.now}
    rows = session.connection().execute(_PAST if past else _AHEAD, asked)
    return queries.own(session, caller, past=past), [OwnLesson(*row[:6], sat=row[6] is not None) for row in rows]


def parts(session: Session, *, event_id: int) -> list[OwnLesson]:
    """Lists the lessons of an event that counts by them; none of any other."""
    rows = session.connection().execute(_PARTS, {"event": event_id})
    return [OwnLesson(*row) for row in rows]


# Built once: people's taps ask for them again and again.
_LESSON = (
    EventSession.id,
    EventSession.event_id,
    EventSession.title,
    EventSession.starts_at,
    EventSession.ends_at,
    EventSession.place,
)
_PARTS = (
    select(*_LESSON)
    .join(Event, Event.id == EventSession.event_id)
    .where(EventSession.event_id == bindparam("event", type_=Integer), Event.by_parts)
    .order_by(EventSession.starts_at, EventSession.id)
)
_OWN = (
    select(*_LESSON, SessionMark.session_id)
    .join(Event, Event.id == EventSession.event_id)
    .join(Registration, Registration.event_id == Event.id)
    .outerjoin(
        SessionMark,
        (SessionMark.session_id == EventSession.id) & (SessionMark.registration_id == Registration.id),
    )
    .where(
        Registration.person_id == bindparam("person", type_=Integer),
        Registration.status == RegistrationStatus.SEATED,
        Event.by_parts,
        Event.status == EventStatus.PUBLISHED,
    )
    .limit(MOST)
)
_AHEAD = _OWN.where(EventSession.ends_at > bindparam("now")).order_by(EventSession.starts_at, EventSession.id)
_PAST = _OWN.where(EventSession.ends_at <= bindparam("now")).order_by(EventSession.starts_at.desc(), EventSession.id)
