"""Forgets links that are over."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from db.caller import Caller
from db.uploads.models import UploadLink
from db.uploads.rules import KEPT


def forget_links(session: Session, caller: Caller) -> None:
    """Deletes the links that ran out a day ago: their files are the application's."""
    session.execute(delete(UploadLink).where(UploadLink.expires_at < caller.now - KEPT))


EVERY_MINUTE = ()
EVERY_HOUR = (forget_links,)
