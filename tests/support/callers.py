"""Makes the callers that a test's plain calls of use cases need."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from db.caller import Caller, PersonCaller, StaffCaller
from db.scope import Scope, StaffRole

ZONE = ZoneInfo("Asia/Yekaterinburg")
SOME_DAY = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
"""For a call whose answer does not depend on when it is asked."""


def clock(now: datetime = SOME_DAY, zone: ZoneInfo = ZONE) -> Caller:
    """Nobody: the clock, the command line, a stranger in the bot."""
    return Caller(now, zone)


def person(person_id: int, now: datetime = SOME_DAY, zone: ZoneInfo = ZONE) -> PersonCaller:
    """A person in the bot."""
    return PersonCaller(now, zone, person_id)


def staff(scope: Scope, now: datetime = SOME_DAY, zone: ZoneInfo = ZONE) -> StaffCaller:
    """An account of the panel."""
    return StaffCaller(now, zone, scope)


def administrator(now: datetime = SOME_DAY, staff_id: int = 1) -> StaffCaller:
    """An administrator, who reaches everything."""
    return staff(Scope(staff_id=staff_id, role=StaffRole.ADMINISTRATOR, municipality_ids=None), now)
