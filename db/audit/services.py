"""Writing the audit."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from db.audit.models import AuditEntry, AuditSubject
from db.caller import Caller


def record(
    session: Session,
    caller: Caller,
    /,
    *,
    action: str,
    object_type: str,
    object_id: int | None,
    subject_person_id: int | None = None,
    municipality_id: int | None = None,
    people: Collection[int] = (),
    **details: Any,
) -> None:
    """Adds one entry in the same transaction as what it tells of. Details hold codes and numbers, never names.

    `people` are those whose data it showed, where there are several.
    """
    record_as(
        session,
        actor=caller.actor,
        action=action,
        object_type=object_type,
        object_id=object_id,
        now=caller.now,
        subject_person_id=subject_person_id,
        municipality_id=municipality_id,
        people=people,
        **details,
    )


def record_as(
    session: Session,
    *,
    actor: str,
    action: str,
    object_type: str,
    object_id: int | None,
    now: datetime,
    subject_person_id: int | None = None,
    municipality_id: int | None = None,
    people: Collection[int] = (),
    **details: Any,
) -> None:
    """As `record`, for whoever is no caller of ours: an operator, a restore."""
    entry = AuditEntry(
        at=now,
        actor=actor,
        action=action,
        object_type=object_type,
        object_id=object_id,
        subject_person_id=subject_person_id,
        municipality_id=municipality_id,
        details=details,
    )
    session.add(entry)
    if people:
        session.flush()
        _add_subjects(session, entry.id, people)


def touch(session: Session, *, action: str, object_type: str, object_id: int, people: Collection[int]) -> None:
    """Adds those whose data the newest entry of a kind about an object touched.

    For what is done piece by piece, in transactions of their own, under one entry.
    """
    named = AuditEntry.object_type == object_type, AuditEntry.object_id == object_id, AuditEntry.action == action
    entry_id = session.scalars(select(AuditEntry.id).where(*named).order_by(AuditEntry.id.desc()).limit(1)).one()
    there = select(AuditSubject.person_id).where(AuditSubject.entry_id == entry_id, AuditSubject.person_id.in_(people))
    _add_subjects(session, entry_id, set(people) - set(session.scalars(there)))


def _add_subjects(session: Session, entry_id: int, people: Collection[int]) -> None:
    if people:
        rows = [{"entry_id": entry_id, "person_id": person_id} for person_id in sorted(set(people))]
        session.execute(insert(AuditSubject), rows)
