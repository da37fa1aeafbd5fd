"""Clocks for tests besides the frozen one."""

import time
from datetime import datetime, timedelta

from db.clock import FrozenClock


class RunningClock(FrozenClock):
    """A clock that begins at a moment and runs: for pages that mind how long they were looked at."""

    def __init__(self, moment: datetime) -> None:
        super().__init__(moment)
        self._began = time.monotonic()

    def now(self) -> datetime:
        """The moment it was set to, and what has passed since the beginning."""
        return self.moment + timedelta(seconds=time.monotonic() - self._began)
