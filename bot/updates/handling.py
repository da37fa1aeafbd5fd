"""One update being handled: tried a few times, then set aside. How many chats at once, and how a stop comes."""

import asyncio
import json
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.exceptions import (
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import Update

from bot.context import Context
from bot.dialogs.storage import DialogsLostError
from bot.monitoring import metrics
from bot.ui.screens import Screen, menu_row
from bot.updates.sanitize import private_chat
from db.errors import StorageError
from db.inbox import services as inbox
from db.inbox.queries import Received
from db.people import services as people
from locales import translator

log = structlog.get_logger(__name__)

TRIES = 3
NETWORK_TRIES = 8
AT_ONCE = 64
STORE_AGAIN = 1.0  # seconds
STOP_WITHIN = 7.0


AGAIN = (
    TelegramRetryAfter,
    TelegramNetworkError,
    TelegramServerError,
    TelegramUnauthorizedError,
    DialogsLostError,
)
"""Nothing is wrong with the update: it waits for the messenger, the token or the dialogs."""


class Handling:
    """Hands updates to the dispatcher, so many chats at once. Lanes give them in their order, a walk each."""

    def __init__(self, bot: Bot, dispatcher: Dispatcher, context: Context) -> None:
        self.context = context
        self.platform = context.settings.platform
        self._end = asyncio.Event()
        self.walks: set[asyncio.Task[None]] = set()
        self._bot = bot
        self._dispatcher = dispatcher
        self._places = asyncio.Semaphore(AT_ONCE)

    @property
    def ending(self) -> bool:
        """Whether a stop has come: nothing new is begun."""
        return self._end.is_set()

    def begin(self, walk: Coroutine[Any, Any, None]) -> None:
        """Starts the walk of a lane."""
        task = asyncio.create_task(walk)
        self.walks.add(task)
        task.add_done_callback(self.walks.discard)

    async def idle(self) -> None:
        """Waits until no lane is walked."""
        while self.walks:
            await asyncio.wait(set(self.walks))

    async def finish(self) -> None:
        """Lets what is in hand end; what has not begun, or does not end in time, is handled after the next start."""
        self._end.set()
        if self.walks:
            _, late = await asyncio.wait(self.walks, timeout=STOP_WITHIN)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def step(self, item: Received) -> bool:
        """Handles one update; False when a stop came before its end.

        Who waits to try again leaves its place to others: chats that the messenger slows down must not hold up the
        rest.
        """
        attempt = 0
        begun = time.perf_counter()
        while True:
            try:
                async with self._places:
                    if self.ending:
                        return False
                    attempt += 1
                    pause = await self._try(item, attempt, begun)
            except StorageError as error:  # what became of it could not be written down: it stays the first
                log.error("update_waits", update_id=item.update_id, reason=type(error.__cause__).__name__)
                attempt, pause = 0, STORE_AGAIN
            except Exception as error:  # its row is gone, say: it must not take the chat's next ones along
                log.error("update_left", update_id=item.update_id, exc_info=error)
                return True
            if pause is None:
                return True
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._end.wait()

    async def _try(self, item: Received, attempt: int, begun: float) -> float | None:
        """Handles it, or sets it aside after the last attempt. Returns how long to wait before the next, in seconds."""
        try:
            update = Update.model_validate_json(item.payload, context={"bot": self._bot})
            await self._dispatcher.feed_update(self._bot, update)
        except TelegramForbiddenError:
            await self.context.database.write(
                people.mark_blocked, self.context.caller, platform=self.platform, external_id=item.chat_key
            )
        except AGAIN as error:
            if attempt < NETWORK_TRIES:
                pause = min(10.0, 0.2 * 2**attempt)
                return error.retry_after if isinstance(error, TelegramRetryAfter) else pause
            await self._set_aside(item, error)
            return None
        except Exception as error:  # whatever it is, it must not stop the chat
            tries = await self.context.database.write(
                inbox.note_failure, platform=self.platform, update_id=item.update_id, error=type(error).__name__
            )
            metrics.FAILED.inc()
            log.error("update_failed", update_id=item.update_id, tries=tries, exc_info=error)
            if tries < TRIES:
                return 0.2 * tries
            await self._set_aside(item, error)
            return None
        metrics.HANDLED.inc()
        metrics.HANDLING.observe(time.perf_counter() - begun)
        return None

    async def _set_aside(self, item: Received, error: Exception) -> None:
        metrics.QUARANTINED.inc()
        log.error("update_quarantined", update_id=item.update_id, reason=type(error).__name__)
        await self.context.database.write(
            inbox.quarantine, platform=self.platform, update_id=item.update_id, now=self.context.clock.now()
        )
        chat_id = private_chat(json.loads(item.payload))
        if chat_id is None:
            return
        t = translator(self.context.settings.locale)
        screen = Screen(t("errors.unexpected"), [menu_row(t)])
        try:
            await self._bot.send_message(chat_id, str(screen.text), reply_markup=screen.markup())
        except Exception as failure:  # noqa: BLE001  the apology is a courtesy; the update is kept either way
            log.warning("apology_not_sent", reason=type(failure).__name__)
