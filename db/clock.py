"""Where the time comes from. Use cases get it from their caller; only the ends of the house look at a clock."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

PAUSE = timedelta(minutes=10)
"""Nobody works at a screen so long without a tap: they went away and came back."""


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """Returns the moment at which a local day begins, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Returns the local day that the moment falls on."""
    return moment.astimezone(zone).date()


def minutes_spent(moments: Iterable[datetime]) -> int:
    """Returns how many minutes somebody spent from tap to tap, rounded up; pauses of PAUSE and more don't count."""
    gaps = (after - before for before, after in pairwise(sorted(moments)))
    return -(-sum((gap for gap in gaps if gap < PAUSE), timedelta()) // timedelta(minutes=1))


class Clock:
    """The machine's time, in UTC."""

    def now(self) -> datetime:
        """Returns the present moment, aware, in UTC."""
        return datetime.now(UTC)


class FrozenClock(Clock):
    """A clock that stands until it is moved: for tests and rehearsals."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment it was set to."""
        return self.moment
