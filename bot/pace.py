"""How fast notices may go: Telegram takes 30 messages a second from a bot, and answers to people come first."""

import asyncio
import time
from collections import deque

PER_SECOND = 29.3  # on the way some come a little closer together
BESIDE_ANSWERS = 25.0  # leaves room for a burst of answers
CALM_AFTER = 10.0
LONGEST_GAP = 0.2
LATE = 0.12
IN_A_SECOND = 30


class Pace:
    """A grid of moments, `per_second` of them. Every answer to a person takes the place of a notice, and while there
    are answers the grid is wider; however many there are, some notices go.
    """

    def __init__(self, per_second: float = PER_SECOND) -> None:
        self._per_second = per_second
        self._full = IN_A_SECOND / per_second
        self._next = 0.0
        self._sent: deque[float] = deque([0.0] * IN_A_SECOND, maxlen=IN_A_SECOND)
        self._answers = 0
        self._answered_at = -CALM_AFTER

    @property
    def gap(self) -> float:
        """Seconds between two notices as things are."""
        answering = time.monotonic() - self._answered_at < CALM_AFTER
        return 1.0 / (min(self._per_second, BESIDE_ANSWERS) if answering else self._per_second)

    @staticmethod
    def since() -> float:
        """From when on moments may still be made up for, in seconds since 1970."""
        return time.time() - LATE

    def not_before(self, moment: float) -> None:
        """Other processes have what is before this moment, in seconds since 1970."""
        self._next = max(self._next, time.monotonic() + moment - time.time())

    async def wait(self, answers: int) -> None:
        """Waits for the next moment; `answers` counts all messages so far that were no notices."""
        now = time.monotonic()
        if answers > self._answers:
            self._next = min(self._next + (answers - self._answers) * self.gap, self._sent[-1] + LONGEST_GAP)
            self._answers, self._answered_at = answers, now
        moment = max(self._next, self._sent[0] + self._full)
        if now < moment:
            await asyncio.sleep(moment - now)
            now = time.monotonic()
        # Lateness is made up for, so that the rate holds on a busy machine; never above 30 in a second.
        self._next = max(self._next, now - LATE) + self.gap
        self._sent.append(now)
