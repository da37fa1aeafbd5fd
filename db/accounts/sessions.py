"""What all panel processes must know alike: sessions that were signed out of, and wrong passwords of each account."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import case, exists, literal, select, update
from sqlalchemy.orm import Session

from db.accounts.models import EndedSession, WrongPasswords
from db.base import UtcDateTime
from db.caller import Caller
from db.upsert import insert

WRONG_PASSWORDS = 10
WITHIN = timedelta(minutes=15)


def end(session: Session, *, nonce: str, until: datetime) -> None:
    """Signs out: a copy of this session's cookie opens nothing any more. `until` is when it would have ended anyway."""
    session.execute(insert(session, EndedSession).values(nonce_hash=_hash(nonce), until=until).on_conflict_do_nothing())


def has_ended(session: Session, *, nonce: str) -> bool:
    """Whether this session was signed out of, in whichever process."""
    return bool(session.scalar(select(exists().where(EndedSession.nonce_hash == _hash(nonce)))))


def take_try(session: Session, caller: Caller, *, account: str) -> bool:
    """Counts a try before the password is looked at, so that guesses at once in several processes count too.

    False when there were too many wrong ones: ten within the fifteen minutes that begin with the first.
    """
    now = caller.now
    anew = WrongPasswords.since <= now - WITHIN
    changed = {
        "tries": case((anew, 1), else_=WrongPasswords.tries + 1),
        "since": case((anew, literal(now, UtcDateTime())), else_=WrongPasswords.since),
    }
    statement = (
        insert(session, WrongPasswords)
        .values(account_hash=_hash(account), tries=1, since=now)
        .on_conflict_do_update(index_elements=["account_hash"], set_=changed)
        .returning(WrongPasswords.tries)
    )
    return session.execute(statement).scalar_one() <= WRONG_PASSWORDS


def return_try(session: Session, *, account: str) -> None:
    """The password was right: the try does not count."""
    session.execute(
        update(WrongPasswords)
        .where(WrongPasswords.account_hash == _hash(account), WrongPasswords.tries > 0)
        .values(tries=WrongPasswords.tries - 1)
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
