"""Finds whom a token reads for."""

from dataclasses import dataclass, replace

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.accounts.staff_queries import scope_of
from db.api.models import ApiToken
from db.api.rules import TOKEN
from db.caller import Caller
from db.people.services import token_hash
from db.scope import Scope, StaffRole


@dataclass(frozen=True, slots=True)
class TokenBearer:
    """A program that holds a good token, and what it may read."""

    token_id: int
    scope: Scope


def bearer(session: Session, caller: Caller, *, token: str) -> TokenBearer | None:
    """Returns what the token opens: what its account sees now, without names; None for one that opens nothing.

    One that is revoked, out of date, of a blocked account, or of one whose sessions were ended since opens nothing.
    """
    if not TOKEN.fullmatch(token):
        return None
    row = session.execute(
        select(ApiToken, Staff)
        .join(Staff, Staff.id == ApiToken.staff_id)
        .where(
            ApiToken.token_hash == token_hash(token),
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > caller.now,
            ApiToken.epoch == Staff.epoch,
            Staff.active,
            or_(Staff.ends_at.is_(None), Staff.ends_at > caller.now),
        )
    ).one_or_none()
    if row is None:
        return None
    scope = scope_of(row.Staff)
    return TokenBearer(row.ApiToken.id, scope if scope.applications_only else replace(scope, role=StaffRole.READER))
