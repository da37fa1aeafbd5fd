"""How long to wait before Telegram is tried again."""

import random

from aiogram.exceptions import TelegramRetryAfter

LONGEST = 30.0  # seconds


class Backoff:
    """Pauses that double with every failure in a row; one that Telegram names itself is kept as it is."""

    def __init__(self, shortest: float = 1.0) -> None:
        self._shortest = shortest
        self._pause = 0.0

    @property
    def failing(self) -> bool:
        """Whether the last try failed: the first failure of a row is worth a line in the log, the others are not."""
        return self._pause > 0

    def after(self, error: BaseException) -> float:
        """Seconds to wait after this failure, a little different for everyone who lost the same connection."""
        self._pause = min(LONGEST, max(self._shortest, self._pause * 2))
        return error.retry_after if isinstance(error, TelegramRetryAfter) else self._pause * random.uniform(0.7, 1.3)  # noqa: S311

    def over(self) -> None:
        """It worked."""
        self._pause = 0.0
