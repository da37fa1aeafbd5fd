"""Where the time comes from. Use cases get it from their caller; only the ends of the house look at a clock."""

from datetime import UTC, datetime


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
