"""Lanes of chats: the updates of one are handled in order, chats side by side. Here those of one process alone."""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from typing import Protocol

import structlog

from bot.monitoring import metrics
from bot.updates import flood_control
from bot.updates.handling import STORE_AGAIN, Handling
from db.errors import StorageError
from db.inbox import queries
from db.inbox import services as inbox
from db.inbox.queries import Received

log = structlog.get_logger(__name__)

BACKLOG = 5_000
LANE = 200  # of one chat at hand; more wait in the database, so that a flood fills neither memory nor the backlog
MARK_AFTER = 0.05  # one transaction for all that was handled meanwhile; who dies before it repeats these, harmlessly


class Lanes(Protocol):
    """Stores updates and has each chat's handled in order."""

    room: asyncio.Event
    """Set while more may be fetched."""

    async def recover(self) -> None:
        """Goes on with what an earlier process received and did not finish."""

    async def take_retried(self) -> None:
        """Tries again what somebody put back from the quarantine."""

    async def store(self, items: Sequence[Received]) -> None:
        """Stores updates durably, then has the new ones handled. Raises StorageError."""

    async def idle(self) -> None:
        """Waits until every lane is empty."""

    async def finish(self) -> None:
        """Lets what is in hand end; the rest is handled after the next start, or by another process."""


class OwnLanes:
    """Lanes in this process's memory: nobody else handles updates of its database."""

    def __init__(self, handling: Handling) -> None:
        self.room = asyncio.Event()
        self.room.set()
        self._handling = handling
        self._context = handling.context
        self._platform = handling.platform
        self._lanes: dict[int, deque[Received]] = {}
        self._spilled: dict[int, int] = {}
        self._handled: dict[int, None] = {}  # and not marked yet, in order
        self._doubtful: set[int] = set()  # a commit failed, or only its word did not reach us
        self._flushing: asyncio.Task[None] | None = None
        self._waiting = 0

    async def recover(self) -> None:
        """Goes on with what an earlier process received and did not finish."""
        await self._context.database.write(inbox.take_retried, platform=self._platform)
        for item in await self._context.database.read_aside(queries.waiting, platform=self._platform):
            self._enqueue(item)

    async def take_retried(self) -> None:
        """Tries again what somebody put back from the quarantine."""
        for item in await self._context.database.write(inbox.take_retried, platform=self._platform):
            self._enqueue(item, spills=False)

    async def store(self, items: Sequence[Received]) -> None:
        """Stores updates, then puts the new ones into their lanes."""
        try:
            new = await self._context.database.write(
                inbox.receive, platform=self._platform, updates=items, now=self._context.clock.now()
            )
            unheard = await self._stored_unheard(items)
        except StorageError:
            self._doubtful.update(item.update_id for item in items)
            raise
        metrics.RECEIVED.inc(len(new))
        new |= unheard
        for item in items:
            if item.update_id in new:
                new.discard(item.update_id)  # the same one may come twice in one delivery
                self._enqueue(item)

    async def idle(self) -> None:
        """Waits until every lane is empty."""
        await self._handling.idle()
        await self._flushed()

    async def finish(self) -> None:
        """Lets what is in hand end; what has not begun, or does not end in time, is handled after the next start."""
        await self._handling.finish()
        await self._flushed()

    async def flush(self) -> None:
        """Marks what was handled."""
        while batch := list(self._handled):
            try:
                await self._context.database.write(
                    inbox.mark_handled, platform=self._platform, update_ids=batch, now=self._context.clock.now()
                )
            except StorageError:  # the next flush tries again; a restart before it would replay them, which is harmless
                return
            for update_id in batch:
                self._handled.pop(update_id, None)

    async def _stored_unheard(self, items: Sequence[Received]) -> set[int]:
        """Which of these were stored by a commit that we took for failed, and are nowhere in hand."""
        again = self._doubtful.intersection(item.update_id for item in items)
        if not again:
            return set()
        left = await self._context.database.read(queries.unfinished, platform=self._platform, update_ids=again)
        self._doubtful -= again
        held = {item.update_id for lane in self._lanes.values() for item in lane}
        spilled = {item.update_id for item in items if item.chat_key in self._spilled}
        return left - held - spilled - self._handled.keys()

    def _enqueue(self, item: Received, *, spills: bool = True) -> None:
        lane = self._lanes.get(item.chat_key)
        if spills and lane is not None and (item.chat_key in self._spilled or len(lane) >= LANE):
            self._spilled[item.chat_key] = self._spilled.get(item.chat_key, 0) + 1
            return
        self._in_hand(1)
        if lane is not None:
            lane.append(item)
            return
        self._lanes[item.chat_key] = deque([item])
        self._handling.begin(self._walk(item.chat_key))

    async def _walk(self, chat_key: int) -> None:
        lane = self._lanes[chat_key]
        try:
            while not self._handling.ending and (lane or await self._refill(chat_key, lane)):
                begun = time.monotonic()
                if not await self._handling.step(lane[0]):
                    break
                self._done(lane.popleft())
                self._in_hand(-1)
                if chat_key in self._spilled:
                    await flood_control.rest(begun)
        finally:
            del self._lanes[chat_key]
            self._spilled.pop(chat_key, None)
            self._in_hand(-len(lane))

    def _in_hand(self, more: int) -> None:
        self._waiting += more
        if self._waiting >= BACKLOG:
            self.room.clear()
        elif self._waiting < BACKLOG // 2:
            self.room.set()

    async def _refill(self, chat_key: int, lane: deque[Received]) -> bool:
        """Fetches what did not fit the lane, the lowest number first. False when nothing is left."""
        while (seen := self._spilled.get(chat_key)) is not None:
            await self.flush()
            handled = set(self._handled)  # where the flush failed
            try:
                found = await self._context.database.read(
                    queries.waiting, platform=self._platform, chat_key=chat_key, limit=LANE
                )
            except StorageError as error:  # else the chat's next update would start a lane that skips these
                log.error("refill_waits", reason=type(error.__cause__).__name__)
                await asyncio.sleep(STORE_AGAIN)
                continue
            held = handled.union(item.update_id for item in lane)
            fresh = [item for item in found if item.update_id not in held]
            if fresh:
                lane.extend(fresh)
                self._in_hand(len(fresh))
                return True
            if found and not lane:
                await asyncio.sleep(STORE_AGAIN)
            elif self._spilled[chat_key] == seen:  # else one more came while the database was asked
                del self._spilled[chat_key]
        return bool(lane)

    def _done(self, item: Received) -> None:
        self._handled[item.update_id] = None
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush_soon())

    async def _flushed(self) -> None:
        if self._flushing is not None:  # what is on its way may be marked twice, which is harmless
            self._flushing.cancel()
        await self.flush()

    async def _flush_soon(self) -> None:
        await asyncio.sleep(MARK_AFTER)
        await self.flush()
