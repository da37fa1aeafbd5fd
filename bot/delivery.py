"""Takes notices from the outbox and sends them: one at a time, within the messenger's limits, each at least once."""

import asyncio
import random
import time
from collections import OrderedDict
from datetime import timedelta
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
)

from bot.house import House
from bot.notices.registry import rendered
from bot.screens import Screen
from db.errors import StorageError
from db.notices import outbox
from db.notices.outbox import Outgoing
from locales import translator

PER_SECOND = 25.0
LOOK_EVERY = 1.0
LOOK_AGAIN = 0.1
SEND_WITHIN = 8
LONGEST_REST = 30.0
UNDELIVERABLE = (TelegramBadRequest, TelegramNotFound, TelegramEntityTooLarge, TelegramMigrateToChat)

log = structlog.get_logger(__name__)


class Delivery:
    """Drains the outbox while it runs. `per_second` limits all messages, `chat_pause` (seconds) those to one person.

    Answers to taps don't wait for it: it keeps five messages a second of Telegram's thirty free.
    """

    def __init__(self, bot: Bot, house: House, *, per_second: float = PER_SECOND, chat_pause: float = 1.0) -> None:
        self._bot = bot
        self._house = house
        self._gap = 1.0 / per_second
        self._chat_pause = chat_pause
        self._recent: OrderedDict[int, float] = OrderedDict()
        self._last = 0.0
        self._failures = 0
        self._rest_until = 0.0
        self._unmarked: Outgoing | None = None

    def wake(self) -> None:
        """Something was put in: look now."""
        self._house.stirred.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Sends until told to stop; what is in hand is finished. A broken database or line is waited out."""
        while not stop.is_set():
            self._house.stirred.clear()
            try:
                await self.drain(stop)
            except StorageError as error:
                self._stumble("delivery_storage_refused", error)
            except Exception as error:  # a bug here must not silence all notices for good
                log.error("delivery_failed", exc_info=error)
                self._stumble("delivery_rests", error)
            rest = max(0.0, self._rest_until - time.monotonic())
            if rest:
                await _wait(stop.wait(), rest)
                continue
            await _wait(_either(stop, self._house.stirred), LOOK_EVERY)
            await _wait(stop.wait(), LOOK_AGAIN)  # a burst of taps causes one look, not one each

    async def drain(self, stop: asyncio.Event | None = None) -> int:
        """Sends what can be sent now, oldest first; answers how many were sent."""
        sent = 0
        while not (stop is not None and stop.is_set()) and time.monotonic() >= self._rest_until:
            await self._finish_marking()
            now = self._house.clock.now()
            if not await self._house.database.read(outbox.waits, now=now):
                break
            avoid = self._spoken_to()
            taken = await self._house.database.write(outbox.take, now=now, zone=self._house.zone, avoid=avoid)
            if taken.outgoing is not None:
                sent += await self._deliver(taken.outgoing)
            elif avoid:
                await asyncio.sleep(self._chat_pause / 4)
            elif not taken.more:
                break
        return sent

    async def _deliver(self, outgoing: Outgoing) -> bool:
        try:
            screen = rendered(
                translator(outgoing.locale),
                kind=outgoing.kind,
                params=outgoing.params,
                expected=outgoing.expected,
                zone=self._house.zone,
            )
        except Exception as error:  # a notice that can't be said must not hold up the others
            log.error("notice_not_rendered", notice=outgoing.notice_id, kind=outgoing.kind, exc_info=error)
            await self._bury(outgoing, f"render: {type(error).__name__}")
            return False
        await self._keep_pace()
        self._recent[outgoing.person_id] = time.monotonic()
        try:
            await self._send(outgoing, screen)
        except TelegramRetryAfter as error:
            until = self._house.clock.now() + timedelta(seconds=error.retry_after)
            log.warning("delivery_paused", seconds=error.retry_after)
            await self._write(outbox.release, notice_id=outgoing.notice_id, pause_until=until)
        except TelegramForbiddenError:
            log.info("notice_blocked", notice=outgoing.notice_id)
            await self._write(outbox.bury_blocked, notice_id=outgoing.notice_id, now=self._house.clock.now())
        except UNDELIVERABLE as error:
            log.error("notice_refused", notice=outgoing.notice_id, kind=outgoing.kind, reason=error.message)
            await self._bury(outgoing, f"refused: {error.message}")
        except TelegramNetworkError as error:
            await self._write(outbox.release, notice_id=outgoing.notice_id)
            self._stumble("delivery_connection_lost", error)
        except TelegramAPIError as error:
            spread = random.uniform(0.5, 1.5)  # noqa: S311
            name = type(error).__name__
            await self._write(
                outbox.put_off, notice_id=outgoing.notice_id, error=name, spread=spread, now=self._house.clock.now()
            )
            self._stumble("delivery_server_failed", error)
        else:
            if self._failures:
                log.info("delivery_goes_on")
                self._failures = 0
            self._unmarked = outgoing
            await self._finish_marking()
            return True
        return False

    async def _send(self, outgoing: Outgoing, screen: Screen) -> None:
        await self._bot.send_message(
            outgoing.external_id, str(screen.text), reply_markup=screen.markup(), request_timeout=SEND_WITHIN
        )

    async def _finish_marking(self) -> None:
        # Kept until the database takes it: sending again would repeat the message.
        if self._unmarked is not None:
            await self._write(outbox.mark_sent, notice_id=self._unmarked.notice_id, now=self._house.clock.now())
            self._unmarked = None

    async def _bury(self, outgoing: Outgoing, error: str) -> None:
        await self._write(outbox.bury, notice_id=outgoing.notice_id, error=error)

    async def _write(self, use_case: Any, **arguments: Any) -> None:
        await self._house.database.write(use_case, **arguments)

    async def _keep_pace(self) -> None:
        pause = self._last + self._gap - time.monotonic()
        if pause > 0:
            await asyncio.sleep(pause)
        self._last = time.monotonic()

    def _spoken_to(self) -> list[int]:
        """Who got a message within the last second."""
        since = time.monotonic() - self._chat_pause
        while self._recent and next(iter(self._recent.values())) <= since:
            self._recent.popitem(last=False)
        return list(self._recent)

    def _stumble(self, event: str, error: Exception) -> None:
        """Rests, longer after each failure in a row; the first one is logged."""
        if not self._failures:
            log.warning(event, reason=type(error).__name__)
        rest = min(LONGEST_REST, 0.2 * 2.0 ** min(self._failures, 10))
        self._failures += 1
        self._rest_until = time.monotonic() + rest * random.uniform(0.7, 1.3)  # noqa: S311


async def _either(*events: asyncio.Event) -> None:
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


async def _wait(waiting: Any, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await waiting
    except TimeoutError:
        pass
