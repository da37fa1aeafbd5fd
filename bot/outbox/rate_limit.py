"""How fast notices may go: Telegram takes 30 messages a second from a bot, and answers to people come first."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass

PER_SECOND = 29.5  # on the way some come a little closer together
BESIDE_ANSWERS = 25.0  # leaves room for a burst of answers
CALM_AFTER = 10.0
LONGEST_GAP = 0.2
LATE = 0.12
IN_A_SECOND = 30


@dataclass(slots=True)
class Sent:
    """When a message set out, and how long its answer took, in seconds."""

    at: float
    took: float = 0.0


class RateLimit:
    """Spreads messages over a grid of moments, `per_second` of them.

    Every answer to a person takes the place of a notice, and while there are answers the grid is wider; however many
    there are, some notices go.
    """

    def __init__(self, per_second: float = PER_SECOND) -> None:
        self._per_second = per_second
        self._full = IN_A_SECOND / per_second
        self._next = 0.0
        self._sent = deque([Sent(0.0)] * IN_A_SECOND, maxlen=IN_A_SECOND)
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

    async def wait(self, answers: int) -> Sent:
        """Waits for the next moment; `answers` counts all messages so far that were no notices."""
        now = time.monotonic()
        if answers > self._answers:
            self._next = min(self._next + (answers - self._answers) * self.gap, self._sent[-1].at + LONGEST_GAP)
            self._answers, self._answered_at = answers, now
        moment = max(self._next, self._came() + self._full)
        if now < moment:
            await asyncio.sleep(moment - now)
            now = time.monotonic()
        # Lateness is made up for, so that the rate holds on a busy machine; never above 30 in a second.
        self._next = max(self._next, now - LATE) + self.gap
        sent = Sent(now)
        self._sent.append(sent)
        return sent

    def answered(self, sent: Sent) -> None:
        """The messenger has answered."""
        sent.took = time.monotonic() - sent.at

    def _came(self) -> float:
        """Tells when the first of the last thirty set out, later by as much as it may have been late.

        What took longer than the quickest may have come that much later, and the messenger counts its second from when
        a message came.
        """
        first = self._sent[0]
        quickest = min((sent.took for sent in self._sent if sent.took), default=0.0)
        return first.at + max(0.0, first.took - quickest)
