"""Reads what the panel offers to fulfil a line by."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.events.models import Event, EventStatus

AROUND = timedelta(days=62)
MOST = 100


def events_near(session: Session, caller: StaffCaller, *, starts: date | None, ends: date | None) -> Sequence[Event]:
    """Lists published events that have begun, in the line's days and two months around them, the newest first."""
    events = select(Event).where(Event.status == EventStatus.PUBLISHED, Event.starts_at <= caller.now)
    if starts is not None and ends is not None:
        first, last = (datetime.combine(day, time(), UTC) for day in (starts - AROUND, ends + AROUND))
        events = events.where(Event.starts_at >= first, Event.starts_at <= last)
    return session.scalars(events.order_by(Event.starts_at.desc(), Event.id).limit(MOST)).all()
