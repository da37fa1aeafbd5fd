"""A person's records of training: as a file, and their end."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.notices import services as notices
from db.reassign import reassign
from db.training import services
from db.training.models import TrainingRecord, TrainingStatus
from db.training.notices import prefix

PLACE = 26


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many records."""
    return {"training": select(func.count()).where(TrainingRecord.person_id == person_id)}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Every record as it stands."""
    rows = session.scalars(
        select(TrainingRecord).where(TrainingRecord.person_id == person_id).order_by(TrainingRecord.id)
    )
    return {
        "training": [
            {
                "title": one.title,
                "status": one.status.value,
                "organisation": one.organisation,
                "hours": one.hours,
                "document": one.document,
                "issued_on": one.issued_on,
                "of_project": one.of_project,
                "experience": one.experience,
                "file": one.scan.file_name if one.scan else None,
                "sent_at": one.sent_at,
                "decided_at": one.decided_at,
                "remark": one.remark,
            }
            for one in rows
        ]
    }


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Nothing goes on by itself: a draft waits for its teacher, what was sent for the methodist."""
    return {}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, Any]:
    """Deletes every record with its file."""
    rows = session.scalars(select(TrainingRecord).where(TrainingRecord.person_id == person_id)).all()
    files = [row.scan.stored_name for row in rows if row.scan is not None]
    for row in rows:
        notices.cancel_prefix(session, prefix=prefix(row.id))
        services.remove(session, row)
    return {"training": len(rows), "files": files}


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves every record; of two drafts the kept person's goes on, the other stays under the former number."""
    draft = TrainingRecord.status == TrainingStatus.DRAFT
    kept = session.scalar(select(TrainingRecord.id).where(TrainingRecord.person_id == kept_id, draft))
    only = [~draft] if kept is not None else []
    reassign(session, TrainingRecord.person_id, kept_id=kept_id, gone_id=gone_id, only=only)
