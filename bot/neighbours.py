"""Receiving beside other bot processes on one database: any of them stores an update, one handles the chat."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Mapping, Sequence

import structlog
from aiogram import Bot, Dispatcher

from bot import metrics
from bot.gathering import Gathering
from bot.house import House
from bot.receiving import STORE_AGAIN, Receiver
from db.errors import StorageError
from db.inbox import lanes
from db.inbox import services as inbox
from db.inbox.services import Received

LOOK_EVERY = lanes.LEASE.total_seconds() / 6
BITS = 62
log = structlog.get_logger(__name__)


class SharingReceiver(Receiver):
    """A receiver whose lanes are in the database: behind a balancer the order of a chat is kept across processes."""

    def __init__(self, bot: Bot, dispatcher: Dispatcher, house: House) -> None:
        super().__init__(bot, dispatcher, house)
        self._process = secrets.randbits(BITS)
        self._looking: asyncio.Task[None] | None = None
        self._walked: set[tuple[int, int]] = set()
        self._finishing = Gathering(self._finish_all)

    async def recover(self) -> None:
        """Takes what nobody looks after, now and every few seconds: a neighbour may die at any time."""
        await self.take_back()
        self._looking = asyncio.create_task(self._look_after())

    async def take_back(self) -> None:
        """Tries again what somebody put back from the quarantine."""
        await self._house.database.write(inbox.take_back)
        await self._look()

    async def _store(self, items: Sequence[Received]) -> None:
        """Stores updates; handles them if no other process has their chat in hand."""
        taken = await self._house.database.write(
            lanes.receive, updates=items, process=self._process, token=(token := _token()), now=self._house.clock.now()
        )
        metrics.RECEIVED.inc(taken.new)
        self._begin(taken.lanes, token)

    async def finish(self) -> None:
        """Lets what is in hand end; what does not end in time is a neighbour's at once."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
        await super().finish()
        with contextlib.suppress(StorageError):  # the leases run out by themselves
            await self._house.database.write(lanes.let_go, process=self._process, now=self._house.clock.now())

    def _begin(self, found: Mapping[int, Sequence[Received]], token: int) -> None:
        for chat_key, items in found.items():
            self._run(self._walk_lane(chat_key, token, items))

    async def _walk_lane(self, chat_key: int, token: int, items: Sequence[Received]) -> None:
        self._walked.add((chat_key, token))
        try:
            while True:  # once with nothing in hand, too: the lane of a process that died just before giving it back
                items = await self._finish_lane(chat_key, token, await self._walk_some(items))
                if not items or self._ending:  # what is left is a neighbour's as soon as the lane is let go
                    return
        finally:
            self._walked.discard((chat_key, token))

    async def _walk_some(self, items: Sequence[Received]) -> list[int]:
        """Handles them in order until a stop; answers what was handled."""
        done: list[int] = []
        flooding = len(items) == lanes.AT_ONCE
        for item in items:
            begun = time.monotonic()
            if not await self._step(item):
                break
            done.append(item.update_id)
            if flooding and not self._ending:
                await self._rest(begun)
        return done

    async def _finish_all(self, walked: list[lanes.Walked]) -> dict[int, list[Received]]:
        return await self._house.database.write(lanes.finish, walked=walked, now=self._house.clock.now())

    async def _finish_lane(self, chat_key: int, token: int, done: Sequence[int]) -> Sequence[Received]:
        """Marks what was handled and answers what came meanwhile; tries until the database takes it, or a stop."""
        while True:
            try:
                return (await self._finishing.add(lanes.Walked(chat_key, token, done))).get(chat_key, ())
            except StorageError as error:
                log.error("lane_waits", reason=type(error.__cause__).__name__)
                if self._ending:  # whoever takes the lane repeats these, which is harmless
                    return []
                await asyncio.sleep(STORE_AGAIN)

    def _done(self, update_id: int) -> None:
        """Marked together with the end of the lane."""

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            try:
                await self._look()
            except Exception as error:  # noqa: BLE001  without it every lane of ours would run out
                log.error("lanes_not_renewed", reason=type(error.__cause__ or error).__name__)

    async def _look(self) -> None:
        found = await self._house.database.write(
            lanes.look_after,
            walked=self._walked.copy(),
            process=self._process,
            token=(token := _token()),
            now=self._house.clock.now(),
        )
        self._begin(found, token)


def make_receiver(bot: Bot, dispatcher: Dispatcher, house: House) -> Receiver:
    """The receiver that fits the settings: alone with its database, or beside others."""
    kind = SharingReceiver if house.settings.beside_others else Receiver
    return kind(bot, dispatcher, house)


def _token() -> int:
    return secrets.randbits(BITS)
