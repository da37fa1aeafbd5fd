"""What may happen to a broadcast, and how many people hear it in a round. No Session here."""

from datetime import timedelta

from db.broadcasts.models import BroadcastStatus
from db.errors import DomainError
from db.transitions import Transitions

LENGTH = 600
"""Signs of a text: with its heading it stays one screen."""

A_ROUND = 1_000
"""Notices of broadcasts that wait at most: whatever else is to be said is 40 seconds behind them at Telegram's pace."""

WORTH_SAYING = timedelta(days=8)
"""After this what was not said yet is dropped: the week's limit of messages puts one off for a week at most."""

MOVES = Transitions(
    {
        BroadcastStatus.DRAFT: {BroadcastStatus.GOING},
        BroadcastStatus.GOING: {BroadcastStatus.DONE, BroadcastStatus.RECALLED},
        BroadcastStatus.DONE: {BroadcastStatus.RECALLED},
        BroadcastStatus.RECALLED: (),
    }
)


def sound_text(text: str) -> str:
    """Returns a text as it is kept. Raises DomainError `broadcast_text`, `broadcast_long` (`length`, `limit`)."""
    text = "\n".join(line.rstrip() for line in text.strip().splitlines())
    if not text:
        raise DomainError("broadcast_text")
    if len(text) > LENGTH:
        raise DomainError("broadcast_long", length=len(text), limit=LENGTH)
    return text
