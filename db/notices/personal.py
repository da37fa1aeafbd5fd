"""What was said to a person: as a file, and its end."""

from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.notices import services
from db.notices.models import Notice
from db.reassign import reassign

PLACE = 70


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many messages."""
    return {"notices": select(func.count()).where(Notice.person_id == person_id)}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Kinds and dates of the messages."""
    rows = session.scalars(select(Notice).where(Notice.person_id == person_id).order_by(Notice.id))
    return {"notices": [{"kind": row.kind, "status": row.status.value, "sent_at": row.sent_at} for row in rows]}


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Takes back whatever was not sent yet."""
    return {"cancelled": services.cancel_all(session, person_id=person_id)}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Deletes the messages; nobody is there to be told twice."""
    gone = session.scalars(delete(Notice).where(Notice.person_id == person_id).returning(Notice.id)).all()
    return {"notices": len(gone)}


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves every message; one that waits goes to whom it is for."""
    reassign(session, Notice.person_id, kept_id=kept_id, gone_id=gone_id)
