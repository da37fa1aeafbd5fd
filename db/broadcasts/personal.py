"""What of broadcasts is one person's: that they were told."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.broadcasts.models import Broadcast, BroadcastRecipient


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """What the person was told."""
    mine = (
        select(Broadcast)
        .join(BroadcastRecipient)
        .where(BroadcastRecipient.person_id == person_id)
        .order_by(Broadcast.id)
    )
    return {"broadcasts": [{"text": row.text, "started_at": row.started_at} for row in session.scalars(mine)]}


def stop(session: Session, *, person_id: int, now: datetime) -> dict[str, int]:
    """Nothing of its own to stop: what waits is taken back with the other notices, and no round tells whoever left."""
    return {}


def forget(session: Session, *, person_id: int, now: datetime) -> dict[str, int]:
    """Takes the person from the lists of those who were told."""
    gone = delete(BroadcastRecipient).where(BroadcastRecipient.person_id == person_id)
    return {"broadcasts": len(session.scalars(gone.returning(BroadcastRecipient.broadcast_id)).all())}
