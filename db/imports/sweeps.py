"""Forgets lists that nobody brought in, and what was before those that can't be taken back any more."""

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.imports.models import ImportStatus, Upload, UploadChange
from db.imports.services import UNDO_LASTS
from db.transitions import moving

WAITS = timedelta(days=1)


def forget_lists(session: Session, caller: Caller) -> None:
    """Drops the words of lists that waited for a day, and changes older than a week."""
    waits = Upload.created_at <= caller.now - WAITS
    session.execute(moving(Upload, ImportStatus.DROPPED).where(waits).values(content={}))
    old = select(Upload.id).where(Upload.applied_at <= caller.now - UNDO_LASTS)
    session.execute(delete(UploadChange).where(UploadChange.upload_id.in_(old)))


EVERY_MINUTE = ()
EVERY_HOUR = (forget_lists,)
