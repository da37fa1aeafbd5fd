"""Signs accounts in by password or one-time link, and ties them to people in the bot."""

import hashlib
import secrets
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from db.accounts.models import LinkPurpose, OneTimeLink, Staff
from db.accounts.rules import LINK_LASTS, hash_password, verify_password
from db.accounts.staff_queries import SignedIn, account_of, scope_of
from db.audit import services as audit
from db.caller import Caller, PersonCaller, StaffCaller
from db.errors import DomainError, NotFoundError


def authenticate(session: Session, *, login: str, password: str) -> SignedIn | None:
    """Returns the active account with this login and password; None where there is none.

    An unknown login takes as long as a wrong password.
    """
    staff = session.scalar(select(Staff).where(Staff.login == login.strip().lower()[:64]))
    stored = staff.password_hash if staff is not None and staff.active else None
    right = verify_password(stored, password)
    return account_of(staff) if staff is not None and right else None


def change_password(session: Session, caller: StaffCaller, *, current: str, password: str) -> None:
    """Changes the own password; all sessions and links end. Raises `staff_password_wrong` and `staff_password`."""
    staff = locked_account(session, caller.scope.staff_id)
    if staff.password_hash is not None and not verify_password(staff.password_hash, current):
        raise DomainError("staff_password_wrong")
    staff.password_hash = hash_password(password)
    end_sessions(session, staff)
    _record(session, caller, "staff.password")


def sign_out_everywhere(session: Session, caller: StaffCaller) -> None:
    """Ends the account's own sessions, wherever they are, and its pending links."""
    end_sessions(session, locked_account(session, caller.scope.staff_id))
    _record(session, caller, "staff.sign_out_everywhere")


def end_sessions(session: Session, staff: Staff) -> None:
    """Ends every session and pending link of the account at once.

    The new epoch is drawn, not counted: a restored backup must not come to one that a cookie still holds.
    """
    staff.epoch = secrets.randbits(31)
    drop_links(session, staff.id)


def end_all_sessions(session: Session) -> None:
    """Ends the sessions and links of all accounts: what a backup knows of them is out of date."""
    for staff in session.scalars(select(Staff).with_for_update()):
        end_sessions(session, staff)


def sign_in(session: Session, caller: Caller, *, account: SignedIn, way: str) -> bool:
    """Notes that an account came in, by `password` or `link`; false when its sessions were ended meanwhile."""
    staff = locked_account(session, account.staff_id)
    if not staff.active or staff.epoch != account.epoch:
        return False
    staff.last_seen_at = caller.now
    _record(session, StaffCaller(caller.now, caller.zone, scope_of(staff)), "staff.sign_in", way=way)
    return True


def enter_by_link(session: Session, caller: Caller, *, token: str) -> SignedIn:
    """Spends a sign-in link and notes that its account came in. Raises DomainError `link_spent`."""
    account = account_of(
        locked_account(session, consume_link(session, caller, token=token, purpose=LinkPurpose.SIGN_IN))
    )
    if not sign_in(session, caller, account=account, way="link"):
        raise DomainError("link_spent")
    return account


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

    Raises DomainError `link_spent` or, of a link that ties to the bot, `connect_spent`: for a used, old or unknown
    token, all alike.
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
    if staff_id is None or not session.scalar(select(Staff.active).where(Staff.id == staff_id)):
        raise DomainError("link_spent" if purpose is LinkPurpose.SIGN_IN else "connect_spent")
    return staff_id


def tie_person(session: Session, caller: PersonCaller, *, token: str) -> int:
    """Ties the person in the bot to the account whose `st_` link was opened; returns the account's id.

    Raises DomainError `connect_spent`, or `staff_connected` when the person has another account already.
    """
    staff_id = consume_link(session, caller, token=token, purpose=LinkPurpose.CONNECT)
    other = session.scalar(select(Staff.id).where(Staff.person_id == caller.person_id, Staff.id != staff_id))
    if other is not None:
        raise DomainError("staff_connected")
    staff = locked_account(session, staff_id)
    if staff.person_id not in (None, caller.person_id):
        end_sessions(session, staff)
    staff.person_id = caller.person_id
    return staff_id


def untie_person(session: Session, *, person_id: int) -> None:
    """Unties whatever account the person had and ends its sessions: the account stays, the person is forgotten."""
    for staff in session.scalars(select(Staff).where(Staff.person_id == person_id).with_for_update()):
        staff.person_id = None
        end_sessions(session, staff)


def pass_account(session: Session, *, from_id: int, to_id: int) -> None:
    """Ties an account to the other row of the same person. Raises DomainError `merge_accounts` where both have one."""
    own = select(Staff).where(Staff.person_id.in_((from_id, to_id))).order_by(Staff.id).with_for_update()
    accounts = session.scalars(own).all()
    if len(accounts) > 1:
        raise DomainError("merge_accounts")
    for staff in accounts:
        staff.person_id = to_id
    session.flush()


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
