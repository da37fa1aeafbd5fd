"""What may happen to a broadcast, and how many people hear it in a round. No Session here."""

from datetime import timedelta

from db.broadcasts.models import BroadcastStatus
from db.errors import ConflictError, DomainError

LENGTH = 600
"""Signs of a text: with its heading it stays one screen."""

A_ROUND = 1_000
"""Notices of broadcasts that wait at most: whatever else is to be said is 40 seconds behind them at Telegram's pace."""

WORTH_SAYING = timedelta(days=8)
"""After this what was not said yet is dropped: the week's limit of messages puts one off for a week at most."""

_MOVES = {
    BroadcastStatus.DRAFT: {BroadcastStatus.GOING},
    BroadcastStatus.GOING: {BroadcastStatus.DONE, BroadcastStatus.RECALLED},
    BroadcastStatus.DONE: {BroadcastStatus.RECALLED},
    BroadcastStatus.RECALLED: set(),
}


def moved(now: BroadcastStatus, to: BroadcastStatus) -> BroadcastStatus:
    """The next status. Raises ConflictError where the transition is not in the table."""
    if to not in _MOVES[now]:
        raise ConflictError
    return to


def sound_text(text: str) -> str:
    """The text as it is kept. Raises DomainError `broadcast_text`, `broadcast_long` (with `length`, `limit`)."""
    text = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not text:
        raise DomainError("broadcast_text")
    if len(text) > LENGTH:
        raise DomainError("broadcast_long", length=len(text), limit=LENGTH)
    return text
