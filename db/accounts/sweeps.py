"""Forgets signed-out sessions and wrong passwords that have ended by themselves."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from db.accounts.models import EndedSession, WrongPasswords
from db.accounts.sessions import WITHIN
from db.caller import Caller


def forget_old(session: Session, caller: Caller) -> None:
    """Drops what has ended by itself."""
    session.execute(delete(EndedSession).where(EndedSession.until <= caller.now))
    session.execute(delete(WrongPasswords).where(WrongPasswords.since <= caller.now - WITHIN))


EVERY_MINUTE = ()
EVERY_HOUR = (forget_old,)
