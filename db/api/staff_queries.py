"""Reading the tokens of the read API."""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from db.accounts.models import Staff
from db.api.models import ApiReading, ApiToken
from db.caller import StaffCaller
from db.clock import local_day
from db.scope import StaffRole

MONTH = timedelta(days=30)
SEES_NO_REPORTS = (StaffRole.AUDITOR, StaffRole.COORDINATOR)


class TokenState(enum.StrEnum):
    """Whether a token opens anything, and why not."""

    GOOD = "good"
    EXPIRED = "expired"
    REVOKED = "revoked"
    ENDED = "ended"
    """Its account is blocked, or its sessions were ended since: by a new password, by signing out everywhere."""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A line of the list of tokens; `readings` are those of the last thirty days. The token itself nobody knows."""

    id: int
    name: str
    account: str
    made_by: str
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    state: TokenState
    readings: int


def count_tokens(session: Session, caller: StaffCaller) -> int:
    """Counts all tokens that were ever made."""
    caller.scope.check_admin()
    return session.scalar(select(func.count()).select_from(ApiToken)) or 0


def tokens(session: Session, caller: StaffCaller, *, limit: int | None = None, offset: int = 0) -> list[TokenRow]:
    """Lists tokens, the newest first."""
    caller.scope.check_admin()
    maker = aliased(Staff)
    rows = session.execute(
        select(ApiToken, Staff, maker.name.label("maker"))
        .join(Staff, Staff.id == ApiToken.staff_id)
        .join(maker, maker.id == ApiToken.made_by)
        .order_by(ApiToken.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    since = local_day(caller.now, caller.zone) - MONTH
    counted = session.execute(
        select(ApiReading.token_id, func.sum(ApiReading.times).label("times"))
        .where(ApiReading.token_id.in_([row.ApiToken.id for row in rows]), ApiReading.day > since)
        .group_by(ApiReading.token_id)
    )
    readings = {row.token_id: int(row.times) for row in counted}
    return [
        TokenRow(
            id=row.ApiToken.id,
            name=row.ApiToken.name,
            account=row.Staff.name,
            made_by=row.maker,
            made_at=row.ApiToken.made_at,
            expires_at=row.ApiToken.expires_at,
            used_at=row.ApiToken.used_at,
            state=_state(row.ApiToken, row.Staff, caller.now),
            readings=readings.get(row.ApiToken.id, 0),
        )
        for row in rows
    ]


def accounts(session: Session, caller: StaffCaller) -> list[tuple[int, str]]:
    """Lists accounts that a token may read as: whoever sees reports."""
    caller.scope.check_admin()
    rows = session.execute(
        select(Staff.id, Staff.name)
        .where(Staff.active, Staff.role.not_in(SEES_NO_REPORTS))
        .order_by(func.lower(Staff.name), Staff.id)
    )
    return [(row.id, row.name) for row in rows]


def _state(token: ApiToken, staff: Staff, now: datetime) -> TokenState:
    if token.revoked_at is not None:
        return TokenState.REVOKED
    if token.expires_at <= now:
        return TokenState.EXPIRED
    return TokenState.GOOD if staff.active and staff.epoch == token.epoch else TokenState.ENDED
