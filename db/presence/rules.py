"""Says which moments and names of the door are believed, and until when a helper's link is good.

No Session here; moments are UTC.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from db.events.rules import CHECK_IN_AFTER, CHECK_IN_BEFORE
from db.texts import comparable

LATE_LINE = timedelta(hours=24)
"""How long after the door has closed a phone that had no line may still bring what it wrote down."""
NAME_KEPT = timedelta(days=90)
"""A guest on paper has signed for being there, not for being kept: afterwards the number stays, the name does not."""
SEEN_FOR = timedelta(hours=1)
"""How long one line of the journal speaks for a phone that asks for the list again and again."""
AT_ONCE = 300
NAME_LIMIT = 300
KEY_LIMIT = 64


@dataclass(frozen=True, slots=True)
class DoorMark:
    """What a phone at the door wrote down: somebody of the list, or a name. `key` is drawn by the phone."""

    key: str
    registration_id: int | None
    name: str
    at: datetime


MOST_GUESTS = 500
"""Guests on paper of one event: a link that got into wrong hands does not fill the database."""
READY_BEFORE = timedelta(hours=12)
"""How long before the door opens a helper's phone may fetch the list: there may be no line at the door."""


def door_hours(starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    """When people are marked at the door: as long as the code in the hall works."""
    return starts_at - CHECK_IN_BEFORE, ends_at + CHECK_IN_AFTER


def believed(at: datetime, *, opens: datetime, closes: datetime, now: datetime) -> datetime:
    """Returns the moment of a mark: a phone's own clock may be wrong, but not by more than the door's hours."""
    return max(opens, min(at, closes, now))


def same_name(one: str, other: str) -> bool:
    """Tells whether two names are one person's at one event: a namesake has a school written beside the name."""
    return len(one.split()) > 1 and comparable(one) == comparable(other)
