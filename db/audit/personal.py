"""What the audit tells about a person. It holds numbers only, so it outlives an erasure."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db.audit.models import AuditEntry
from db.audit.rules import STAFF
from db.audit.staff_queries import about
from db.caller import Caller

PLACE = 80


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how often staff did something with the person's data, reading included."""
    return {"seen": select(func.count()).where(about(person_id), AuditEntry.actor.startswith(STAFF))}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Who did what with the person's data, and when: staff as numbers, never by name."""
    rows = session.scalars(select(AuditEntry).where(about(person_id)).order_by(AuditEntry.at, AuditEntry.id))
    return {"audit": [{"at": row.at, "action": row.action, "actor": row.actor.partition(":")[0]} for row in rows]}


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Returns nothing: what was done stays done."""
    return {}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, Any]:
    """Returns nothing: the audit holds numbers only and stays as the proof."""
    return {}


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Changes nothing: what was done was done with the number of then."""
