"""A person's workshops: as a file, and their end."""

from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from db.caller import Caller
from db.reassign import reassign
from db.workshops.models import Workshop

PLACE = 45


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """How many."""
    return {"workshops": select(func.count()).where(Workshop.person_id == person_id)}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Titles."""
    return {"workshops": list(session.scalars(select(Workshop.title).where(Workshop.person_id == person_id)))}


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Nobody leads it any more."""
    left = update(Workshop).where(Workshop.person_id == person_id).values(person_id=None).returning(Workshop.id)
    return {"workshops": len(session.scalars(left).all())}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, Any]:
    """As `stop`."""
    return {**stop(session, caller, person_id=person_id)}


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Every workshop is the other's."""
    reassign(session, Workshop.person_id, kept_id=kept_id, gone_id=gone_id)
