"""Signs accounts in by password or one-time link, and ties them to people in the bot."""

import hashlib
import secrets
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from db.accounts.models import LinkPurpose, OneTimeLink, Staff
from db.accounts.rules import LINK_LASTS, hash_password, verify_password
from db.accounts.staff_queries import scope_of
from db.audit import services as audit
from db.caller import Caller, PersonCaller, StaffCaller
from db.errors import DomainError, NotFoundError


def authenticate(session: Session, *, login: str, password: str) -> int | None:
    """Returns the id of the active account with this login and password; None where there is none.

    An unknown login takes as long as a wrong password.
    """
    staff = session.scalar(select(Staff).where(Staff.login == login.strip().lower()[:64]))
    stored = staff.password_hash if staff is not None and staff.active else None
    right = verify_password(stored, password)
    return staff.id if staff is not None and right else None


def change_password(session: Session, caller: StaffCaller, *, current: str, password: str) -> None:
    """Changes the account's own password. Raises `staff_password_wrong` and `staff_password`."""
    staff = locked_account(session, caller.scope.staff_id)
    if staff.password_hash is not None and not verify_password(staff.password_hash, current):
        raise DomainError("staff_password_wrong")
    staff.password_hash = hash_password(password)
    _record(session, caller, "staff.password")


def sign_in(session: Session, caller: Caller, *, staff_id: int, way: str) -> None:
    """Notes that an account came in, by `password` or `link`."""
    staff = session.get_one(Staff, staff_id)
    staff.last_seen_at = caller.now
    _record(session, StaffCaller(caller.now, caller.zone, scope_of(staff)), "staff.sign_in", way=way)


def issue_sign_in_link(session: Session, caller: PersonCaller) -> str:
    """Makes a link for whoever has an account: its token opens the panel. Raises NotFoundError for everybody else."""
    staff_id = session.scalar(select(Staff.id).where(Staff.person_id == caller.person_id))
    if staff_id is None:
        raise NotFoundError
    return issue_link(session, caller, staff_id=staff_id, purpose=LinkPurpose.SIGN_IN)


def issue_link(session: Session, caller: Caller, *, staff_id: int, purpose: LinkPurpose) -> str:
    """Makes a one-time token of 256 bits for ten minutes; earlier unused ones of the same purpose end.

    Raises NotFoundError for an account that is not there or not active.
    """
    if not locked_account(session, staff_id).active:
        raise NotFoundError
    session.execute(delete(OneTimeLink).where(OneTimeLink.staff_id == staff_id, OneTimeLink.purpose == purpose))
    token = secrets.token_urlsafe(32)
    session.add(
        OneTimeLink(token_hash=_hash(token), purpose=purpose, staff_id=staff_id, expires_at=caller.now + LINK_LASTS)
    )
    return token


def consume_link(session: Session, caller: Caller, *, token: str, purpose: LinkPurpose) -> int:
    """Spends the token and returns the account's id. Of many at once exactly one succeeds.

    Raises DomainError `link_spent` for a used, old or unknown token, all alike.
    """
    staff_id: int | None = session.scalar(
        update(OneTimeLink)
        .where(
            OneTimeLink.token_hash == _hash(token),
            OneTimeLink.purpose == purpose,
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > caller.now,
        )
        .values(used_at=caller.now)
        .returning(OneTimeLink.staff_id)
    )
    if staff_id is None:
        raise DomainError("link_spent")
    if not session.scalar(select(Staff.active).where(Staff.id == staff_id)):
        raise DomainError("link_spent")
    return staff_id


def tie_person(session: Session, caller: PersonCaller, *, token: str) -> int:
    """Ties the person in the bot to the account whose `st_` link was opened; returns the account's id.

    Raises DomainError `link_spent`, or `staff_connected` when the person has another account already.
    """
    staff_id = consume_link(session, caller, token=token, purpose=LinkPurpose.CONNECT)
    other = session.scalar(select(Staff.id).where(Staff.person_id == caller.person_id, Staff.id != staff_id))
    if other is not None:
        raise DomainError("staff_connected")
    locked_account(session, staff_id).person_id = caller.person_id
    return staff_id


def untie_person(session: Session, *, person_id: int) -> None:
    """Unties whatever account the person had: the account stays, the person is forgotten."""
    session.execute(update(Staff).where(Staff.person_id == person_id).values(person_id=None))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _record(session: Session, caller: StaffCaller, action: str, **details: Any) -> None:
    staff_id = caller.scope.staff_id
    audit.record(session, caller, action=action, object_type="staff", object_id=staff_id, **details)


def locked_account(session: Session, staff_id: int) -> Staff:
    """Returns the account's row, locked until the end of the transaction. Raises NotFoundError."""
    staff = session.get(Staff, staff_id, with_for_update=True)
    if staff is None:
        raise NotFoundError
    return staff


def drop_links(session: Session, staff_id: int) -> None:
    """Ends the account's one-time links."""
    session.execute(delete(OneTimeLink).where(OneTimeLink.staff_id == staff_id))
