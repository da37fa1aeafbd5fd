"""Slows a chat down that sends more than its lane holds: nothing of it is lost, and others have the loop meanwhile."""

import asyncio
import time

REST = 4.0
"""So many times what its last update took a flooding chat rests."""

LONGEST_REST = 1.0
"""Seconds."""


async def rest(begun: float) -> None:
    """Waits between two updates of a flood; `begun` is when the last one's handling began, by the monotonic clock."""
    await asyncio.sleep(min(LONGEST_REST, REST * (time.monotonic() - begun)))
