"""Receive first, acknowledge then: updates are in the database before Telegram hears that we have them.

Each chat has a lane: its updates are handled in order, chats side by side. A bad update is tried a few times, then
set aside, and the chat's next ones go on.
"""

import asyncio
import time
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramForbiddenError, TelegramNetworkError, TelegramRetryAfter, TelegramServerError
from aiogram.methods import GetUpdates
from aiogram.types import Update

from bot.context import Context
from bot.dialogs.storage import DialogsLostError
from bot.monitoring import metrics
from bot.telegram.backoff import Backoff
from bot.telegram.session import session_of
from bot.ui.screens import Screen, menu_row
from bot.updates.apologies import Apologies
from bot.updates.batcher import Batcher
from bot.updates.sanitize import ALLOWED, received
from db.errors import StorageError
from db.inbox import queries
from db.inbox import services as inbox
from db.inbox.queries import Received
from db.people import services as people
from locales import translator

log = structlog.get_logger(__name__)

TRIES = 3
NETWORK_TRIES = 8
AT_ONCE = 64
BACKLOG = 5_000
LANE = 200  # of one chat at hand; more wait in the database, so that a flood fills neither memory nor the backlog
FLOOD_REST = 4.0  # a flooding chat rests so many times what its update took: others have the loop meanwhile
LONGEST_REST = 1.0
POLL_SECONDS = 25
FETCHED_WITHIN = 60.0
STORE_AGAIN = 1.0  # seconds
STOP_WITHIN = 7.0
MARK_AFTER = 0.05  # one transaction for all that was handled meanwhile; who dies before it repeats these, harmlessly


class Receiver:
    """Takes raw updates, keeps them, hands them to the dispatcher in order per chat."""

    def __init__(self, bot: Bot, dispatcher: Dispatcher, context: Context) -> None:
        self._bot = bot
        self._dispatcher = dispatcher
        self._context = context
        self._platform = context.settings.platform
        self._lanes: dict[int, deque[Received]] = {}
        self._spilled: dict[int, int] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._apologies = Apologies(bot, context.settings.locale)
        self._handled: dict[int, None] = {}  # and not marked yet, in order
        self._doubtful: set[int] = set()  # a commit failed, or only its word did not reach us
        self._flushing: asyncio.Task[None] | None = None
        self._storing = Batcher(self._store_all)
        self._room = asyncio.Event()
        self._room.set()
        self._waiting = 0
        self._ending = False
        self._fetched = -FETCHED_WITHIN
        self.listening = False  # by webhook

    @property
    def receiving(self) -> bool:
        """Whether updates reach us: a webhook listens, or Telegram was asked a moment ago and answered."""
        return self.listening or time.monotonic() - self._fetched < FETCHED_WITHIN

    async def recover(self) -> None:
        """Goes on with what an earlier process received and did not finish."""
        await self._context.database.write(inbox.take_retried, platform=self._platform)
        for item in await self._context.database.read(queries.waiting, platform=self._platform):
            self._enqueue(item)

    async def take_back(self) -> None:
        """Tries again what somebody put back from the quarantine."""
        for item in await self._context.database.write(inbox.take_retried, platform=self._platform):
            self._enqueue(item, spills=False)

    async def take(self, updates: Sequence[dict[str, Any]]) -> None:
        """Stores updates durably and hands them on. When it returns they may be acknowledged.

        Raises StorageError on a full disk, say, after telling those who wait: the messenger will offer them again.
        """
        try:
            await self._storing.add([received(raw) for raw in updates])
        except StorageError as error:
            log.error("updates_not_stored", count=len(updates), reason=type(error.__cause__).__name__)
            await self._apologies.tell(updates)
            raise

    async def _store_all(self, deliveries: list[list[Received]]) -> None:
        await self._store([item for items in deliveries for item in items])

    async def _store(self, items: Sequence[Received]) -> None:
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

    async def poll(self, stop: asyncio.Event) -> None:
        """Long polling until told to stop; a lost connection is logged once and retried with back-off.

        The first call, and those after a long outage, don't wait for updates: `receiving` is known at once.
        """
        offset: int | None = None
        backoff = Backoff()
        while not stop.is_set():
            await _first(self._room.wait(), stop.wait())
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
                        offset = updates[-1]["update_id"] + 1
                except StorageError:
                    await _first(asyncio.sleep(STORE_AGAIN), stop.wait())
                continue
            if not backoff.failing:
                log.warning("telegram_connection_lost", reason=type(error).__name__)
            await _first(asyncio.sleep(backoff.after(error)), stop.wait())

    async def finish(self) -> None:
        """Lets what is in hand end; what has not begun, or does not end in time, is handled after the next start."""
        self._ending = True
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=STOP_WITHIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._flushed()

    async def idle(self) -> None:
        """Waits until every lane is empty."""
        while self._running:
            await asyncio.wait(set(self._running))
        await self._flushed()

    async def _fetch(self, offset: int | None, *, wait: int) -> list[dict[str, Any]]:
        payload: dict[str, Any] = {"timeout": wait, "limit": 100, "allowed_updates": ALLOWED}
        if offset is not None:
            payload["offset"] = offset
        updates: list[dict[str, Any]] = await session_of(self._bot).call(self._bot, GetUpdates, payload, wait=wait)
        return updates

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
        self._run(self._walk(item.chat_key))

    def _run(self, walk: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(walk)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _walk(self, chat_key: int) -> None:
        lane = self._lanes[chat_key]
        try:
            while not self._ending and (lane or await self._refill(chat_key, lane)):
                begun = time.monotonic()
                if not await self._step(lane[0]):
                    break
                lane.popleft()
                self._in_hand(-1)
                if chat_key in self._spilled:
                    await self._rest(begun)
        finally:
            del self._lanes[chat_key]
            self._spilled.pop(chat_key, None)
            self._in_hand(-len(lane))

    def _in_hand(self, more: int) -> None:
        self._waiting += more
        if self._waiting >= BACKLOG:
            self._room.clear()
        elif self._waiting < BACKLOG // 2:
            self._room.set()

    async def _step(self, item: Received) -> bool:
        """Handles one update; false when a stop came before its turn."""
        while True:
            try:
                async with self._places:
                    if self._ending:
                        return False
                    await self._handle(item)
            except StorageError as error:  # what became of it could not be written down: it stays the first
                log.error("update_waits", update_id=item.update_id, reason=type(error.__cause__).__name__)
                await asyncio.sleep(STORE_AGAIN)
            except Exception as error:  # its row is gone, say: it must not take the chat's next ones along
                log.error("update_left", update_id=item.update_id, exc_info=error)
                return True
            else:
                return True

    @staticmethod
    async def _rest(begun: float) -> None:
        """Between two updates of a flood; `begun` is when the last one's handling began."""
        await asyncio.sleep(min(LONGEST_REST, FLOOD_REST * (time.monotonic() - begun)))

    async def _refill(self, chat_key: int, lane: deque[Received]) -> bool:
        """Fetches what did not fit the lane, the lowest number first. False when nothing is left."""
        while (seen := self._spilled.get(chat_key)) is not None:
            await self._flush()
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

    async def _handle(self, item: Received) -> None:
        begun = time.perf_counter()
        for attempt in range(1, NETWORK_TRIES + 1):
            try:
                update = Update.model_validate_json(item.payload, context={"bot": self._bot})
                await self._dispatcher.feed_update(self._bot, update)
            except TelegramForbiddenError:
                await self._context.database.write(
                    people.mark_blocked,
                    platform=self._platform,
                    external_id=item.chat_key,
                    now=self._context.clock.now(),
                )
            except (TelegramRetryAfter, TelegramNetworkError, TelegramServerError, DialogsLostError) as error:
                if attempt < NETWORK_TRIES:
                    pause = min(10.0, 0.2 * 2**attempt)
                    await asyncio.sleep(error.retry_after if isinstance(error, TelegramRetryAfter) else pause)
                    continue
                await self._set_aside(item, error)
                return
            except Exception as error:  # whatever it is, it must not stop the chat
                tries = await self._context.database.write(
                    inbox.note_failure,
                    platform=self._platform,
                    update_id=item.update_id,
                    error=type(error).__name__,
                )
                metrics.FAILED.inc()
                log.error("update_failed", update_id=item.update_id, tries=tries, exc_info=error)
                if tries < TRIES:
                    await asyncio.sleep(0.2 * tries)
                    continue
                await self._set_aside(item, error)
                return
            self._done(item.update_id)
            metrics.HANDLED.inc()
            metrics.HANDLING.observe(time.perf_counter() - begun)
            return

    async def _set_aside(self, item: Received, error: Exception) -> None:
        metrics.QUARANTINED.inc()
        log.error("update_quarantined", update_id=item.update_id, reason=type(error).__name__)
        await self._context.database.write(
            inbox.quarantine, platform=self._platform, update_id=item.update_id, now=self._context.clock.now()
        )
        t = translator(self._context.settings.locale)
        screen = Screen(t("errors.unexpected"), [menu_row(t)])
        try:
            await self._bot.send_message(item.chat_key, str(screen.text), reply_markup=screen.markup())
        except Exception as failure:  # noqa: BLE001  the apology is a courtesy; the update is kept either way
            log.warning("apology_not_sent", reason=type(failure).__name__)

    def _done(self, update_id: int) -> None:
        self._handled[update_id] = None
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush_soon())

    async def _flushed(self) -> None:
        if self._flushing is not None:  # what is on its way may be marked twice, which is harmless
            self._flushing.cancel()
        await self._flush()

    async def _flush_soon(self) -> None:
        await asyncio.sleep(MARK_AFTER)
        await self._flush()

    async def _flush(self) -> None:
        while batch := list(self._handled):
            try:
                await self._context.database.write(
                    inbox.mark_handled, platform=self._platform, update_ids=batch, now=self._context.clock.now()
                )
            except StorageError:  # the next flush tries again; a restart before it would replay them, which is harmless
                return
            for update_id in batch:
                self._handled.pop(update_id, None)


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
