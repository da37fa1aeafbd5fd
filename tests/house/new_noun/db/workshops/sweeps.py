"""Tells leaders of their workshops."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.dictionaries.rules import Rules
from db.workshops.models import Workshop


def sweep(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Marks those whose leaders were told."""
    for row in session.scalars(select(Workshop).where(Workshop.told_at.is_(None), Workshop.person_id.is_not(None))):
        row.told_at = caller.now


EVERY_MINUTE = (sweep,)
EVERY_HOUR = ()
