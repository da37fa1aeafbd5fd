"""Reading the outbox for whoever the notices are for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.notices.models import Notice


class Missed(NamedTuple):
    """A notice that did not arrive, and when it should have."""

    kind: str
    params: dict[str, Any]
    at: datetime


def missed(session: Session, caller: PersonCaller, *, notice_ids: Sequence[int]) -> list[Missed]:
    """Returns these notices of the person, the newest first."""
    rows = session.scalars(select(Notice).where(Notice.person_id == caller.person_id, Notice.id.in_(notice_ids)))
    found = [Missed(row.kind, row.params, max(row.created_at, row.due_at)) for row in rows]
    return sorted(found, key=lambda one: one.at, reverse=True)
