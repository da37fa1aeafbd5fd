"""A person's proposals as a head of a group: as a file, and their end."""

from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from db.caller import Caller
from db.motions.models import Motion, MotionStatus
from db.reassign import reassign
from db.transitions import move

PLACE = 57


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many proposals one made."""
    return {"motions": select(func.count(Motion.id)).where(Motion.proposer_id == person_id)}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """What one proposed by which figure, and what was answered."""
    rows = session.scalars(select(Motion).where(Motion.proposer_id == person_id).order_by(Motion.id))
    return {
        "motions": [
            {
                "group": one.unit_name,
                "figure": one.figure_name,
                "value": one.value,
                "change": one.change,
                "status": one.status.value,
                "submitted_at": one.submitted_at,
                "answer": one.answer,
            }
            for one in rows
        ]
    }


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Takes back what nobody has considered yet."""
    waiting = Motion.proposer_id == person_id, Motion.status == MotionStatus.SUBMITTED
    rows = session.scalars(select(Motion).where(*waiting).with_for_update()).all()
    for row in rows:
        move(row, MotionStatus.WITHDRAWN)
    session.flush()
    return {"motions": len(rows)}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Wipes who proposed, and the words of what was taken back; what a group considered stays as its own."""
    gone = stop(session, caller, person_id=person_id)
    mine = Motion.proposer_id == person_id
    session.execute(update(Motion).where(mine, Motion.status == MotionStatus.WITHDRAWN).values(change=""))
    session.execute(update(Motion).where(mine).values(proposer_id=None))
    return gone


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves every proposal."""
    reassign(session, Motion.proposer_id, kept_id=kept_id, gone_id=gone_id)
