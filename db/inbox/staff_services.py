"""Puts a quarantined update back into its line, as the panel does."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.inbox.models import IncomingUpdate, UpdateStatus
from db.inbox.services import RETRY_ASKED


def retry_update(session: Session, *, platform: str, update_id: int) -> bool:
    """Gives a quarantined update another chance; the bot takes it within a minute. False when it is not there."""
    statement = (
        update(IncomingUpdate)
        .where(
            IncomingUpdate.platform == platform,
            IncomingUpdate.update_id == update_id,
            IncomingUpdate.status == UpdateStatus.QUARANTINED,
            IncomingUpdate.payload.is_not(None),
        )
        .values(status=UpdateStatus.RECEIVED, attempts=0, error=RETRY_ASKED, handled_at=None)
        .returning(IncomingUpdate.update_id)
    )
    return session.scalar(statement) is not None
