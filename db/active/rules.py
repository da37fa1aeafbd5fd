"""Says which state of a membership may follow which, and when its end is near: pure."""

from datetime import date, timedelta

from db.active.models import MembershipStatus
from db.transitions import Transitions

MEMBERSHIP = Transitions(
    {MembershipStatus.ACTIVE: [MembershipStatus.ENDED], MembershipStatus.ENDED: []}, refusal="membership_over"
)
NEAR = timedelta(days=60)
"""How long before the last day of a term its coordinator hears of it: time for a new order."""
REASON_LENGTH = 500


def near(until: date | None, *, today: date) -> bool:
    """Whether the last day is so close, or gone by, that somebody has to see to it."""
    return until is not None and until - NEAR <= today
