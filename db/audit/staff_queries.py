"""Reading the journal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, func, select, union_all
from sqlalchemy.orm import Session

from db.audit.models import AuditEntry, AuditSubject


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


def about(person_id: int) -> ColumnElement[bool]:
    """Returns the condition of entries that showed or changed this person's data, alone or among others."""
    # Two indexes, not an OR: for that PostgreSQL walks the whole journal.
    alone = select(AuditEntry.id).where(AuditEntry.subject_person_id == person_id)
    listed = select(AuditSubject.entry_id).where(AuditSubject.person_id == person_id)
    return AuditEntry.id.in_(union_all(alone, listed))


@dataclass(frozen=True, slots=True)
class Seen:
    """A person whose data an account saw: how often, and when last."""

    person_id: int
    times: int
    last_at: datetime


def seen(
    session: Session,
    *,
    actor: str,
    since: datetime | None,
    entry_id: int | None = None,
    limit: int,
    offset: int = 0,
) -> list[Seen]:
    """Lists a page of those whose data somebody saw since a moment, or in one entry; the last seen come first."""
    shown = _shown(actor, since, entry_id)
    last = func.max(shown.c.at)
    people = select(shown.c.person_id, func.count(), last).group_by(shown.c.person_id)
    rows = session.execute(people.order_by(last.desc(), shown.c.person_id).limit(limit).offset(offset))
    return [Seen(*row) for row in rows]


def seen_count(session: Session, *, actor: str, since: datetime | None, entry_id: int | None = None) -> int:
    """Counts those whose data somebody saw since a moment, or in one entry."""
    shown = _shown(actor, since, entry_id)
    return session.scalar(select(func.count(shown.c.person_id.distinct()))) or 0


def _shown(actor: str, since: datetime | None, entry_id: int | None) -> Subquery:
    """Every time that somebody's data were shown: alone, or among others."""
    own = [AuditEntry.actor == actor, *([AuditEntry.at >= since] if since else [])]
    if entry_id is not None:
        own = [AuditEntry.id == entry_id]
    alone = select(AuditEntry.subject_person_id.label("person_id"), AuditEntry.at).where(
        *own, AuditEntry.subject_person_id.is_not(None)
    )
    listed = (
        select(AuditSubject.person_id, AuditEntry.at)
        .join(AuditEntry, AuditEntry.id == AuditSubject.entry_id)
        .where(*own)
    )
    return union_all(alone, listed).subquery()


def shown(session: Session, *, entry_ids: Sequence[int]) -> dict[int, int]:
    """Counts those whose data each of these entries showed beside its own subject."""
    rows = session.execute(
        select(AuditSubject.entry_id, func.count())
        .where(AuditSubject.entry_id.in_(entry_ids))
        .group_by(AuditSubject.entry_id)
    )
    return {row[0]: row[1] for row in rows}


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
        conditions.append(about(narrowed.subject_person_id))
    if narrowed.since is not None:
        conditions.append(AuditEntry.at >= narrowed.since)
    if narrowed.until is not None:
        conditions.append(AuditEntry.at < narrowed.until)
    return conditions
