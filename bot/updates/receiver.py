"""Receive first, acknowledge then: updates are in the database before Telegram hears that we have them."""

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramUnauthorizedError
from aiogram.methods import GetUpdates

from bot.context import Context
from bot.telegram.backoff import Backoff
from bot.telegram.session import session_of
from bot.updates.apologies import Apologies
from bot.updates.batcher import Batcher
from bot.updates.handling import STORE_AGAIN, Handling
from bot.updates.lanes import Lanes, OwnLanes
from bot.updates.sanitize import ALLOWED, number_of, received
from bot.updates.shared_lanes import SharedLanes
from db.errors import StorageError
from db.inbox.queries import Received

log = structlog.get_logger(__name__)

POLL_SECONDS = 25
FETCHED_WITHIN = 60.0
ASK_AGAIN = 2.0  # seconds at most, whatever Telegram asks for: whoever taps waits as long


class Receiver:
    """Takes raw updates, keeps them, has lanes hand them to the dispatcher in order per chat."""

    def __init__(
        self,
        bot: Bot,
        dispatcher: Dispatcher,
        context: Context,
        make_lanes: Callable[[Handling], Lanes] = OwnLanes,
    ) -> None:
        self.handling = Handling(bot, dispatcher, context)
        self.lanes = make_lanes(self.handling)
        self._bot = bot
        self._apologies = Apologies(bot, context.settings.locale)
        self._storing = Batcher(self._store_all)
        self._fetched = -FETCHED_WITHIN
        self.listening = False  # by webhook

    @property
    def receiving(self) -> bool:
        """Whether updates reach us: a webhook listens, or Telegram was asked a moment ago and answered."""
        return self.listening or time.monotonic() - self._fetched < FETCHED_WITHIN

    async def recover(self) -> None:
        """Goes on with what an earlier process received and did not finish."""
        await self.lanes.recover()

    async def take_retried(self) -> None:
        """Tries again what somebody put back from the quarantine."""
        await self.lanes.take_retried()

    async def idle(self) -> None:
        """Waits until every lane is empty."""
        await self.lanes.idle()

    async def finish(self) -> None:
        """Lets what is in hand end; the rest is handled after the next start, or by another process."""
        await self.lanes.finish()

    async def take(self, updates: Sequence[Any]) -> None:
        """Stores updates durably, whatever they look like, and hands them on. When it returns they may be acknowledged.

        Raises StorageError on a full disk, say, after telling those who wait: the messenger will offer them again.
        """
        try:
            await self._storing.add([received(raw) for raw in updates])
        except StorageError as error:
            log.error("updates_not_stored", count=len(updates), reason=type(error.__cause__).__name__)
            await self._apologies.tell(updates)
            raise

    async def _store_all(self, deliveries: list[list[Received]]) -> None:
        await self.lanes.store([item for items in deliveries for item in items])

    async def poll(self, stop: asyncio.Event) -> None:
        """Long polling until told to stop; a lost connection is logged once and retried with back-off.

        The first call, and those after a long outage, don't wait for updates: `receiving` is known at once.
        """
        offset: int | None = None
        backoff = Backoff()
        while not stop.is_set():
            await _first(self.lanes.room.wait(), stop.wait())
            request = asyncio.ensure_future(self._fetch(offset, wait=POLL_SECONDS if self.receiving else 0))
            await _first(request, stop.wait(), keep=request)
            if not request.done():
                request.cancel()
                break
            error = request.exception()
            if error is None:
                self._fetched = time.monotonic()
                if backoff.failing:
                    log.info("telegram_connection_back")
                    backoff.over()
                updates = request.result()
                try:
                    if updates:
                        await self.take(updates)
                        numbers = [number for raw in updates if (number := number_of(raw)) is not None]
                        if numbers:
                            offset = numbers[-1] + 1
                        else:  # nothing that could be acknowledged: the same will come again
                            await _first(asyncio.sleep(ASK_AGAIN), stop.wait())
                except StorageError:
                    await _first(asyncio.sleep(STORE_AGAIN), stop.wait())
                continue
            if not backoff.failing:
                _lost(error)
            pause = backoff.after(error)
            if isinstance(error, TelegramRetryAfter):
                pause = min(pause, ASK_AGAIN)
            await _first(asyncio.sleep(pause), stop.wait())

    async def _fetch(self, offset: int | None, *, wait: int) -> list[Any]:
        payload: dict[str, Any] = {"timeout": wait, "limit": 100, "allowed_updates": ALLOWED}
        if offset is not None:
            payload["offset"] = offset
        updates = await session_of(self._bot).call(self._bot, GetUpdates, payload, wait=wait)
        if not isinstance(updates, list):
            raise TelegramNetworkError(GetUpdates.model_construct(), "no list of updates")
        return updates


def make_receiver(bot: Bot, dispatcher: Dispatcher, context: Context) -> Receiver:
    """Returns the receiver that fits the settings: alone with its database, or beside others."""
    return Receiver(bot, dispatcher, context, SharedLanes if context.settings.beside_others else OwnLanes)


def _lost(error: BaseException) -> None:
    if isinstance(error, TelegramUnauthorizedError):
        log.error(
            "token_refused", setting="BOT_TOKEN", do="put the token that @BotFather shows into it, and start anew"
        )
    else:
        log.warning("telegram_connection_lost", reason=type(error).__name__)


async def _first(*waits: Any, keep: asyncio.Future[Any] | None = None) -> None:
    """Waits for the first of several; the others are cancelled, except `keep`."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        keep = None  # nobody will look at it any more
        raise
    finally:
        for task in tasks:
            if task is not keep and not task.done():
                task.cancel()
