"""Lanes beside other bot processes on one database: any of them stores an update, one handles the chat."""

import asyncio
import contextlib
import itertools
import secrets
import time
from collections.abc import Collection, Mapping, Sequence

import structlog

from bot.monitoring import metrics
from bot.updates import flood_control
from bot.updates.batcher import Batcher
from bot.updates.handling import STORE_AGAIN, Handling
from db.errors import StorageError
from db.inbox import lanes
from db.inbox import services as inbox
from db.inbox.queries import Received

LOOK_EVERY = lanes.LEASE.total_seconds() / 6
ASK_AGAIN = 0.02  # seconds: about what a transaction takes
LONGEST_PAUSE = 0.3
BITS = 62
log = structlog.get_logger(__name__)


class SharedLanes:
    """Lanes that are leased in the database: behind a balancer the order of a chat is kept across processes."""

    def __init__(self, handling: Handling) -> None:
        self.room = asyncio.Event()  # whoever falls behind does not take the others' lanes
        self.room.set()
        self._handling = handling
        self._context = handling.context
        self._platform = handling.platform
        self._process = secrets.randbits(BITS)
        self._looking: asyncio.Task[None] | None = None
        self._asking: asyncio.Task[None] | None = None
        self._wanted: dict[int, None] = {}  # in the order they are asked for
        self._walked: set[tuple[int, int]] = set()
        self._finishing = Batcher(self._finish_all)

    async def recover(self) -> None:
        """Takes what nobody looks after, now and every few seconds: a neighbour may die at any time."""
        await self.take_retried()
        self._looking = asyncio.create_task(self._look_after())

    async def take_retried(self) -> None:
        """Tries again what somebody put back from the quarantine."""
        await self._context.database.write(inbox.take_retried, platform=self._platform)
        await self._look()

    async def store(self, items: Sequence[Received]) -> None:
        """Stores updates; handles them if no other process has their chat in hand."""
        taken = await self._context.database.write(
            lanes.receive,
            platform=self._platform,
            updates=items,
            process=self._process,
            token=(token := _token()),
            now=self._context.clock.now(),
        )
        metrics.RECEIVED.inc(taken.new)
        self._begin(taken.lanes, token)
        self._want(taken.busy)

    def _want(self, chats: Collection[int]) -> None:
        """Asks for these chats until they are ours or have nothing left to handle."""
        self._wanted.update(dict.fromkeys(chats))
        if self._wanted and (self._asking is None or self._asking.done()):
            self._asking = asyncio.create_task(self._ask())

    async def _ask(self) -> None:
        pause = ASK_AGAIN
        while self._wanted and not self._handling.ending:
            await asyncio.sleep(pause)
            own = {chat_key for chat_key, _ in self._walked}
            chats = list(itertools.islice((chat for chat in self._wanted if chat not in own), lanes.ASKED))
            for chat in chats:  # what comes while the database is asked is wanted anew
                del self._wanted[chat]
            if not chats:
                continue
            try:
                taken = await self._context.database.write(
                    lanes.claim,
                    platform=self._platform,
                    chats=chats,
                    process=self._process,
                    token=(token := _token()),
                    now=self._context.clock.now(),
                )
            except Exception as error:  # noqa: BLE001  they must not be forgotten
                log.error("lanes_not_claimed", reason=type(error.__cause__ or error).__name__)
                self._wanted.update(dict.fromkeys(chats))
                pause = STORE_AGAIN
                continue
            self._begin(taken.lanes, token)
            self._wanted.update(dict.fromkeys(taken.busy))
            pause = min(2 * pause, LONGEST_PAUSE) if len(taken.busy) == len(chats) else ASK_AGAIN

    async def idle(self) -> None:
        """Waits until every lane of ours is empty."""
        await self._handling.idle()

    async def finish(self) -> None:
        """Lets what is in hand end; what does not end in time is a neighbour's at once."""
        aside = [task for task in (self._looking, self._asking) if task is not None]
        for task in aside:
            task.cancel()
        await asyncio.gather(*aside, return_exceptions=True)
        await self._handling.finish()
        with contextlib.suppress(StorageError):  # the leases run out by themselves
            await self._context.database.write(lanes.let_go, process=self._process, now=self._context.clock.now())

    def _begin(self, found: Mapping[int, Sequence[Received]], token: int) -> None:
        for chat_key, items in found.items():
            self._handling.begin(self._walk_lane(chat_key, token, items))

    async def _walk_lane(self, chat_key: int, token: int, items: Sequence[Received]) -> None:
        self._walked.add((chat_key, token))
        try:
            await self._finish_lane(lanes.Walked(chat_key, token, await self._walk_some(items)))
        finally:
            self._walked.discard((chat_key, token))
        if len(items) == lanes.AT_ONCE:  # there may be more
            self._want([chat_key])

    async def _walk_some(self, items: Sequence[Received]) -> list[int]:
        """Handles them in order until a stop; answers what was handled."""
        done: list[int] = []
        flooding = len(items) == lanes.AT_ONCE
        for item in items:
            begun = time.monotonic()
            if not await self._handling.step(item):
                break
            done.append(item.update_id)
            if flooding and not self._handling.ending:
                await flood_control.rest(begun)
        return done

    async def _finish_all(self, walked: list[lanes.Walked]) -> None:
        await self._context.database.write(
            lanes.finish, platform=self._platform, walked=walked, now=self._context.clock.now()
        )

    async def _finish_lane(self, walked: lanes.Walked) -> None:
        """Marks what was handled and gives the lane back; tries until the database takes it, or a stop."""
        while True:
            try:
                await self._finishing.add(walked)
            except StorageError as error:
                log.error("lane_waits", reason=type(error.__cause__).__name__)
                if self._handling.ending:  # whoever takes the lane repeats these, which is harmless
                    return
                await asyncio.sleep(STORE_AGAIN)
            else:
                return

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                while await self._look() >= lanes.AT_ONCE:  # a neighbour died amid a crowd
                    pass
            except Exception as error:  # noqa: BLE001  without it every lane of ours would run out
                log.error("lanes_not_renewed", reason=type(error.__cause__ or error).__name__)

    async def _look(self) -> int:
        """Takes what nobody looks after; answers how many chats that were."""
        if self._handling.ending:
            return 0
        found = await self._context.database.write(
            lanes.look_after,
            platform=self._platform,
            walked=self._walked.copy(),
            process=self._process,
            token=(token := _token()),
            now=self._context.clock.now(),
        )
        self._begin(found, token)
        return len(found)


def _token() -> int:
    return secrets.randbits(BITS)
