"""How fast notices may go: Telegram takes 30 messages a second from a bot, and answers to people come first."""

import asyncio
import time

PER_SECOND = 29.4
BESIDE_ANSWERS = 25.0  # leaves room for a burst of answers
CALM_AFTER = 10.0
LONGEST_GAP = 0.2
LATE = 0.01


class Pace:
    """A grid of moments, `per_second` of them. Every answer to a person takes the place of a notice, and while there
    are answers the grid is wider; however many there are, some notices go.
    """

    def __init__(self, per_second: float = PER_SECOND) -> None:
        self._per_second = per_second
        self._next = 0.0
        self._last = 0.0
        self._answers = 0
        self._answered_at = -CALM_AFTER

    @property
    def gap(self) -> float:
        """Seconds between two notices as things are."""
        answering = time.monotonic() - self._answered_at < CALM_AFTER
        return 1.0 / (min(self._per_second, BESIDE_ANSWERS) if answering else self._per_second)

    def not_before(self, moment: float) -> None:
        """Other processes have what is before this moment (seconds since 1970)."""
        self._next = max(self._next, time.monotonic() + moment - time.time())

    async def wait(self, answers: int) -> None:
        """Waits for the next moment; `answers` counts all messages so far that were no notices."""
        now = time.monotonic()
        if answers > self._answers:
            self._next = min(self._next + (answers - self._answers) * self.gap, self._last + LONGEST_GAP)
            self._answers, self._answered_at = answers, now
        if now < self._next:
            await asyncio.sleep(self._next - now)
            now = time.monotonic()
        # A little lateness is made up for, so that the rate holds; more would be a burst.
        self._next = max(self._next, now - LATE) + self.gap
        self._last = now
