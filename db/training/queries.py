"""Reads a teacher's own records of training."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from db.caller import PersonCaller
from db.errors import NotFoundError
from db.training.models import TrainingRecord


def own(session: Session, caller: PersonCaller) -> Sequence[TrainingRecord]:
    """Lists one's own records, the newest first."""
    return session.scalars(
        select(TrainingRecord)
        .where(TrainingRecord.person_id == caller.person_id)
        .order_by(TrainingRecord.issued_on.desc().nulls_first(), TrainingRecord.id.desc())
    ).all()


def record(session: Session, caller: PersonCaller, *, record_id: int) -> TrainingRecord:
    """Returns one of one's own records. Raises NotFoundError."""
    row = session.scalar(
        select(TrainingRecord)
        .where(TrainingRecord.id == record_id, TrainingRecord.person_id == caller.person_id)
        .options(joinedload(TrainingRecord.scan))
    )
    if row is None:
        raise NotFoundError
    return row
