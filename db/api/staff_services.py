"""Administrators make tokens of the read API and revoke them."""

from datetime import date, timedelta

from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.accounts.services import locked_account
from db.accounts.staff_queries import scope_of
from db.api.models import ApiToken
from db.api.rules import LONGEST, NAME_LENGTH, fresh_token, lasts_too_long
from db.audit import services as audit
from db.caller import StaffCaller
from db.clock import local_day, midnight
from db.errors import DomainError, NotFoundError
from db.people.services import token_hash


def issue_token(
    session: Session, caller: StaffCaller, *, name: str, staff_id: int | None, last_day: date | None
) -> str:
    """Makes a token that reads as an account sees, and returns it: it is shown once, only its hash is kept.

    Raises DomainError `api_token_name`, `api_token_account` for an account that sees no reports, `api_token_term`.
    """
    caller.scope.check_admin()
    name = " ".join(name.split())
    if not 2 <= len(name) <= NAME_LENGTH:
        raise DomainError("api_token_name")
    staff = locked_account(session, staff_id) if staff_id and session.get(Staff, staff_id) else None
    if staff is None or not staff.active or scope_of(staff).applications_only:
        raise DomainError("api_token_account")
    if last_day is None or lasts_too_long(last_day, local_day(caller.now, caller.zone)):
        raise DomainError("api_token_term", days=LONGEST.days)
    token = fresh_token()
    row = ApiToken(
        name=name,
        token_hash=token_hash(token),
        staff_id=staff.id,
        epoch=staff.epoch,
        made_by=caller.scope.staff_id,
        made_at=caller.now,
        expires_at=midnight(last_day + timedelta(days=1), caller.zone),
    )
    session.add(row)
    session.flush()
    _record(session, caller, row, "api.issue")
    return token


def revoke_token(session: Session, caller: StaffCaller, *, token_id: int) -> None:
    """Ends a token at once, for good. Raises NotFoundError, and DomainError `api_token_revoked` for one that has."""
    caller.scope.check_admin()
    row = session.get(ApiToken, token_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError
    if row.revoked_at is not None:
        raise DomainError("api_token_revoked")
    row.revoked_at = caller.now
    _record(session, caller, row, "api.revoke")


def _record(session: Session, caller: StaffCaller, row: ApiToken, action: str) -> None:
    audit.record(session, caller, action=action, object_type="api_token", object_id=row.id, account=row.staff_id)
