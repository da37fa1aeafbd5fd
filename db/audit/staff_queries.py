"""Reading the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from db.audit.models import AuditEntry


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the journal is narrowed to. `until` is the first moment that is not shown any more."""

    actor: str = ""
    action: str = ""
    object_type: str = ""
    object_id: int | None = None
    subject_person_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def count(session: Session, *, narrowed: AuditFilter) -> int:
    """How many entries the filter leaves."""
    return session.scalar(select(func.count()).select_from(AuditEntry).where(*_conditions(narrowed))) or 0


def entries(session: Session, *, narrowed: AuditFilter, limit: int, offset: int = 0) -> Sequence[AuditEntry]:
    """One page, the newest first."""
    return session.scalars(
        select(AuditEntry)
        .where(*_conditions(narrowed))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()


def of_person(session: Session, *, person_id: int, limit: int = 20) -> Sequence[AuditEntry]:
    """The newest entries about one person."""
    return entries(session, narrowed=AuditFilter(subject_person_id=person_id), limit=limit)


def known(session: Session) -> tuple[list[str], list[str]]:
    """Actions and kinds of objects that occur, for the filter."""
    actions = session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)).all()
    kinds = session.scalars(select(AuditEntry.object_type).distinct().order_by(AuditEntry.object_type)).all()
    return list(actions), list(kinds)


def _conditions(narrowed: AuditFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if narrowed.actor:
        conditions.append(AuditEntry.actor == narrowed.actor)
    if narrowed.action:
        conditions.append(AuditEntry.action == narrowed.action)
    if narrowed.object_type:
        conditions.append(AuditEntry.object_type == narrowed.object_type)
    if narrowed.object_id is not None:
        conditions.append(AuditEntry.object_id == narrowed.object_id)
    if narrowed.subject_person_id is not None:
        conditions.append(AuditEntry.subject_person_id == narrowed.subject_person_id)
    if narrowed.since is not None:
        conditions.append(AuditEntry.at >= narrowed.since)
    if narrowed.until is not None:
        conditions.append(AuditEntry.at < narrowed.until)
    return conditions
