"""A person's parts of events: as a file, and of two records of one person. What one sat in goes with the place."""

from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from db.caller import Caller
from db.events import seats
from db.events.models import Event, Registration
from db.events.personal import worth
from db.presence import parts
from db.presence.models import EventSession, SessionMark

PLACE = 31


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Nothing besides the places at events, which are counted there."""
    return {}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """The parts of events that one sat in."""
    rows = session.execute(
        select(Event.title, EventSession.title, EventSession.starts_at)
        .join(EventSession, EventSession.event_id == Event.id)
        .join(SessionMark, SessionMark.session_id == EventSession.id)
        .join(Registration, Registration.id == SessionMark.registration_id)
        .where(Registration.person_id == person_id)
        .order_by(EventSession.starts_at, EventSession.id)
    )
    return {"event_sessions": [{"event": event, "part": part, "starts_at": at} for event, part, at in rows]}


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Nothing goes on."""
    return {}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, Any]:
    """Nothing is left that has a name: the marks hang on the place at the event."""
    return {}


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Brings what both sat in of one event together at the better place, where its parts count; else marks stay there.

    Half of the lessons under either number were no lesson at all for the event.
    """
    theirs = Registration.person_id.in_((kept_id, gone_id))
    both = select(Registration.event_id).join(Event, Event.id == Registration.event_id).where(theirs, Event.by_parts)
    twice = both.group_by(Registration.event_id).having(func.count() == 2).order_by(Registration.event_id)
    for event_id in session.scalars(twice).all():
        event = seats.lock(session, event_id)
        places = session.scalars(select(Registration).where(Registration.event_id == event_id, theirs)).all()
        kept, gone = sorted(places, key=lambda one: one.person_id != kept_id)
        better, other = (gone, kept) if worth(gone) > worth(kept) else (kept, gone)
        if other.attended_at is not None:
            continue  # whole as it is
        known = select(SessionMark.session_id).where(SessionMark.registration_id == better.id)
        fresh = SessionMark.registration_id == other.id, SessionMark.session_id.not_in(known)
        session.execute(update(SessionMark).where(*fresh).values(registration_id=better.id))
        parts.count(session, caller, event)
