"""What of broadcasts is one person's: that they were told."""

from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from db.broadcasts.models import Broadcast, BroadcastRecipient
from db.caller import Caller
from db.notices.models import Notice, NoticeStatus
from db.reassign import reassign

PLACE = 60


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns nothing: what came counts among the notices."""
    return {}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """What came to the person, and when."""
    came = (
        select(Broadcast.text, Notice.sent_at)
        .join(BroadcastRecipient, BroadcastRecipient.broadcast_id == Broadcast.id)
        .join(Notice, Notice.id == BroadcastRecipient.notice_id)
        .where(BroadcastRecipient.person_id == person_id, Notice.status == NoticeStatus.SENT)
        .order_by(Notice.sent_at)
    )
    return {"broadcasts": [{"text": text, "sent_at": sent_at} for text, sent_at in session.execute(came)]}


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Nothing of its own to stop: what waits is taken back with the other notices, and no round tells whoever left."""
    return {}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Takes the person from the lists of those who were told."""
    gone = delete(BroadcastRecipient).where(BroadcastRecipient.person_id == person_id)
    return {"broadcasts": len(session.scalars(gone.returning(BroadcastRecipient.broadcast_id)).all())}


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves who was told; where both were, once is enough."""
    told = BroadcastRecipient.person_id
    reassign(session, told, kept_id=kept_id, gone_id=gone_id, alike=[BroadcastRecipient.broadcast_id])
