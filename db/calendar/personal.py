"""A person's own calendar address: as a file, and its end."""

from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from db.calendar.models import CalendarFeed
from db.caller import Caller
from db.reassign import reassign

PLACE = 32


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns whether there is an address."""
    return {"calendar_feed": select(func.count()).where(CalendarFeed.person_id == person_id)}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Since when there is an address; the address itself is a key, and stays out of files."""
    made = session.scalar(select(CalendarFeed.made_at).where(CalendarFeed.person_id == person_id))
    return {"calendar_feed": [{"made_at": made}] if made else []}


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Ends the address: nothing of the person goes to any phone any more."""
    gone = session.execute(
        delete(CalendarFeed).where(CalendarFeed.person_id == person_id).returning(CalendarFeed.person_id)
    )
    return {"calendar_feed": len(gone.all())}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, Any]:
    """Ends the address."""
    return stop(session, caller, person_id=person_id)


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Keeps the address of whoever stays, or takes the other's; a second one ends."""
    kept = session.scalar(select(CalendarFeed.person_id).where(CalendarFeed.person_id == kept_id))
    if kept is not None:
        stop(session, caller, person_id=gone_id)
    reassign(session, CalendarFeed.person_id, kept_id=kept_id, gone_id=gone_id)
