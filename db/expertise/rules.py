"""Says which status of expert work follows which, which days are believable, and shares that make a whole."""

from collections.abc import Sequence
from datetime import date, timedelta

from db.expertise.models import ExpertStatus
from db.transitions import Transitions

MOST_HOURS = 2000
AHEAD = timedelta(days=366)
BACK = timedelta(days=3660)
WHOLE = 100

EXPERTISE = Transitions(
    {
        ExpertStatus.INVITED: [ExpertStatus.ACCEPTED, ExpertStatus.DECLINED, ExpertStatus.CANCELLED],
        ExpertStatus.ACCEPTED: [ExpertStatus.DONE, ExpertStatus.DECLINED, ExpertStatus.CANCELLED],
        ExpertStatus.DONE: [ExpertStatus.ACCEPTED],
        ExpertStatus.DECLINED: [],
        ExpertStatus.CANCELLED: [],
    },
    refusal="expertise_over",
)
STANDING = (ExpertStatus.INVITED, ExpertStatus.ACCEPTED)
"""What is still ahead of its expert."""


def believable(starts_on: date, ends_on: date, *, today: date) -> bool:
    """Tells whether work may be of these days."""
    return today - BACK <= starts_on <= ends_on <= today + AHEAD


def shares(counts: Sequence[int], *, whole: int = WHOLE) -> list[int]:
    """Returns the parts of a whole that counts come to, of which nothing is lost by rounding.

    Every count gets its part rounded down, and what is left goes one by one to the largest remainders; of equal ones to
    the earlier. Zeros where all are zero.
    """
    total = sum(counts)
    if not total:
        return [0] * len(counts)
    parts = [divmod(whole * count, total) for count in counts]
    left = whole - sum(part for part, _ in parts)
    order = sorted(range(len(parts)), key=lambda place: -parts[place][1])
    more = set(order[:left])
    return [part + (place in more) for place, (part, _) in enumerate(parts)]
