"""Signs accounts in, by password or one-time link."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from db.accounts.models import LinkPurpose, OneTimeLink, Staff
from db.accounts.rules import LINK_LASTS, hash_password, verify_password
from db.errors import DomainError, NotFoundError


def authenticate(session: Session, *, login: str, password: str) -> int | None:
    """The id of the active account with this login and password. An unknown login takes as long as a wrong password."""
    staff = session.scalar(select(Staff).where(Staff.login == login.strip().lower()[:64]))
    stored = staff.password_hash if staff is not None and staff.active else None
    right = verify_password(stored, password)
    return staff.id if staff is not None and right else None


def change_password(session: Session, *, staff_id: int, current: str, password: str) -> None:
    """The account's own change of password. Raises `staff_password_wrong` and `staff_password`."""
    staff = locked_account(session, staff_id)
    if staff.password_hash is not None and not verify_password(staff.password_hash, current):
        raise DomainError("staff_password_wrong")
    staff.password_hash = hash_password(password)


def mark_seen(session: Session, *, staff_id: int, now: datetime) -> None:
    """Notes that the account signed in."""
    session.execute(update(Staff).where(Staff.id == staff_id).values(last_seen_at=now))


def issue_link(session: Session, *, staff_id: int, purpose: LinkPurpose, now: datetime) -> str:
    """A new one-time token of 256 bits for ten minutes; earlier unused ones of the same purpose end.

    Raises NotFoundError for an account that is not there or not active.
    """
    if not locked_account(session, staff_id).active:
        raise NotFoundError
    session.execute(delete(OneTimeLink).where(OneTimeLink.staff_id == staff_id, OneTimeLink.purpose == purpose))
    token = secrets.token_urlsafe(32)
    session.add(OneTimeLink(token_hash=_hash(token), purpose=purpose, staff_id=staff_id, expires_at=now + LINK_LASTS))
    return token


def consume_link(session: Session, *, token: str, purpose: LinkPurpose, now: datetime) -> int:
    """Spends the token and returns the account's id. Of many at once exactly one succeeds.

    Raises DomainError `link_spent` for a used, old or unknown token, all alike.
    """
    staff_id: int | None = session.scalar(
        update(OneTimeLink)
        .where(
            OneTimeLink.token_hash == _hash(token),
            OneTimeLink.purpose == purpose,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > now,
        )
        .values(used_at=now)
        .returning(OneTimeLink.staff_id)
    )
    if staff_id is None:
        raise DomainError("link_spent")
    if not session.scalar(select(Staff.active).where(Staff.id == staff_id)):
        raise DomainError("link_spent")
    return staff_id


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def locked_account(session: Session, staff_id: int) -> Staff:
    staff = session.get(Staff, staff_id, with_for_update=True)
    if staff is None:
        raise NotFoundError
    return staff


def drop_links(session: Session, staff_id: int) -> None:
    session.execute(delete(OneTimeLink).where(OneTimeLink.staff_id == staff_id))
