"""Forgets handled updates and abandoned dialogs."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from db.caller import Caller
from db.inbox.models import Dialog, IncomingUpdate, UpdateStatus
from db.inbox.services import DIALOGS_KEPT, KEEP, KEPT_ASIDE


def forget_old(session: Session, caller: Caller) -> None:
    """Drops handled updates that can't be repeated any more, and old quarantined ones.

    The latter hold people's words and go once nobody can be expected to put them back.
    """
    for status, kept in ((UpdateStatus.HANDLED, KEEP), (UpdateStatus.QUARANTINED, KEPT_ASIDE)):
        old = IncomingUpdate.received_at < caller.now - kept
        session.execute(delete(IncomingUpdate).where(IncomingUpdate.status == status, old))


def forget_dialogs(session: Session, caller: Caller) -> None:
    """Drops dialogs that nobody has gone on with for long; drafts are kept by their nouns and stay."""
    session.execute(delete(Dialog).where(Dialog.updated_at < caller.now - DIALOGS_KEPT))


EVERY_MINUTE = ()
EVERY_HOUR = (forget_old, forget_dialogs)
