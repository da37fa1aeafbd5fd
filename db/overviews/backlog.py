"""What waits, for whoever watches over the installation: numbers and ages only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.caller import Caller
from db.inbox.models import IncomingUpdate, UpdateStatus
from db.notices.models import Notice, NoticeStatus

COUNTED = 100_000
"""More is told as this many: a figure for an alarm must not cost a walk over everything."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many of each; ages in seconds, 0 where nothing waits. `notices` are those that are due."""

    updates: int
    updates_age: float
    quarantined: int
    notices: int
    notices_age: float
    dead: int


def backlog(session: Session, caller: Caller) -> Backlog:
    """Counts what waits in the inbox and the outbox, by their indexes."""
    received = IncomingUpdate.status == UpdateStatus.RECEIVED
    due = (Notice.status == NoticeStatus.PENDING, Notice.due_at <= caller.now)
    # The lowest number came first, but for what was put back from the quarantine.
    oldest = select(func.min(IncomingUpdate.received_at)).where(received)
    return Backlog(
        updates=_count(session, IncomingUpdate.update_id, received),
        updates_age=_age(session, oldest, caller.now),
        quarantined=_count(session, IncomingUpdate.update_id, IncomingUpdate.status == UpdateStatus.QUARANTINED),
        notices=_count(session, Notice.id, *due),
        notices_age=_age(session, select(Notice.due_at).where(*due).order_by(Notice.due_at).limit(1), caller.now),
        dead=_count(session, Notice.id, Notice.status == NoticeStatus.DEAD),
    )


def _count(session: Session, column: InstrumentedAttribute[int], *conditions: ColumnElement[bool]) -> int:
    some = select(column).where(*conditions).limit(COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def _age(session: Session, oldest: Select[datetime], now: datetime) -> float:
    moment = session.scalar(oldest)
    return max(0.0, (now - moment).total_seconds()) if moment is not None else 0.0
