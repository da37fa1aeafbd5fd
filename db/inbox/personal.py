"""What came in from a person and where their dialog stands: its end."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from db.inbox.models import Dialog, IncomingUpdate, UpdateStatus


def forget(session: Session, *, platform: str, external_id: int) -> dict[str, int]:
    """Drops dialogs and the words of updates.

    An update that is being handled this very moment drops its own words as soon as it is done.
    """
    dialogs = session.scalars(
        delete(Dialog).where(Dialog.key.like(f"{platform}:%:{external_id}")).returning(Dialog.key)
    ).all()
    updates = session.scalars(
        update(IncomingUpdate)
        .where(
            IncomingUpdate.platform == platform,
            IncomingUpdate.chat_key == external_id,
            IncomingUpdate.status != UpdateStatus.RECEIVED,
        )
        .values(payload=None, chat_key=0)
        .returning(IncomingUpdate.update_id)
    ).all()
    return {"dialogs": len(dialogs), "updates": len(updates)}
