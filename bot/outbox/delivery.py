"""Takes notices from the outbox and sends them within the messenger's limits, each at least once.

Several are on their way at once, to distinct people: as many as it takes to keep the pace over a slow line, so mostly
one over a quick line. A process that is killed repeats at most those that were on their way.
"""

import asyncio
import random
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
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
    TelegramUnauthorizedError,
)

from bot.context import Context
from bot.monitoring import metrics
from bot.outbox.rate_limit import PER_SECOND, RateLimit, Sent
from bot.outbox.rendering import CHANGES_COMMANDS, Render
from bot.telegram.backoff import Backoff
from bot.telegram.session import session_of
from bot.ui.commands import publish_anew
from bot.ui.receipts import Attachment, Make, send_receipt
from bot.ui.screens import Screen
from db.caller import Caller
from db.errors import StorageError
from db.notices import outbox
from db.notices.outbox import Outcome, Outgoing, TakenNotices
from locales import translator

LOOK_EVERY = 1.0
LOOK_AGAIN = 0.1
SEND_WITHIN = 8
SHORTEST_REST = 0.2
TAKEN = 24  # in one look: each costs the time of one or two notices
AT_ONCE = 8  # on their way; at Telegram's pace enough for a line that takes a quarter of a second
UNDELIVERABLE = (TelegramBadRequest, TelegramNotFound, TelegramEntityTooLarge, TelegramMigrateToChat)

log = structlog.get_logger(__name__)


NO_RECEIPTS: Mapping[str, Make] = {}


class UnsayableError(Exception):
    """A notice that can't be made into a message; the cause says why."""


class Delivery:
    """Drains the outbox while it runs.

    `render` says how a notice looks, `receipts` make those of their kinds. `per_second` limits all messages,
    `chat_pause` (seconds) those to one person.

    Answers to taps don't wait for it: it makes room for them (`bot.outbox.rate_limit`).
    """

    def __init__(
        self,
        bot: Bot,
        context: Context,
        render: Render,
        *,
        receipts: Mapping[str, Make] = NO_RECEIPTS,
        per_second: float = PER_SECOND,
        chat_pause: float = 1.0,
    ) -> None:
        self._bot = bot
        self._context = context
        self._render = render
        self._receipts = receipts
        self._platform = context.settings.platform
        self._pace = RateLimit(per_second)
        self._chat_pause = chat_pause
        self._recent: OrderedDict[int, float] = OrderedDict()
        self._places = asyncio.Semaphore(AT_ONCE)
        self._outcomes: list[Outcome] = []
        self._settling = asyncio.Lock()
        self._tried = self._delivered = 0
        self._backoff = Backoff(SHORTEST_REST)
        self._rest_until = 0.0
        self._refused = False

    def wake(self) -> None:
        """Something was put in: look now."""
        self._context.notices_may_wait.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Sends until told to stop; what is in hand is finished. A broken database or line is waited out."""
        while not stop.is_set():
            self._context.notices_may_wait.clear()
            try:
                await self.drain(stop)
            except Exception as error:  # noqa: BLE001  a bug here must not silence all notices for good
                self._failed(error)
            rest = max(0.0, self._rest_until - time.monotonic())
            if rest:
                await _wait(stop.wait(), rest)
                continue
            await _wait(_either(stop, self._context.notices_may_wait), LOOK_EVERY)
            await _wait(stop.wait(), LOOK_AGAIN)  # a burst of taps causes one look, not one each

    async def drain(self, stop: asyncio.Event | None = None) -> int:
        """Sends what can be sent now, oldest first; answers how many were sent."""
        before = self._delivered
        sending: set[asyncio.Task[None]] = set()
        try:
            while not self._resting(stop):
                await self._settle()
                self._refused = False
                caller = self._context.caller
                if not await self._context.database.read(outbox.waits, caller, platform=self._platform):
                    break
                avoid, busy = self._spoken_to(), bool(sending)
                taken = await self._take(caller, avoid)
                if taken.outgoing:
                    self._pace.not_before(taken.starts)
                    await self._send_all(taken.outgoing, sending, stop)
                elif busy:  # whoever is left may be waiting for one that is on its way
                    if sending:
                        await asyncio.wait(sending, return_when=asyncio.FIRST_COMPLETED)
                elif avoid:
                    await asyncio.sleep(self._chat_pause / 4)
                elif not taken.more:
                    break
        except asyncio.CancelledError:
            for task in sending:
                task.cancel()
            raise
        finally:
            await asyncio.gather(*sending, return_exceptions=True)
        await self._settle()
        return self._delivered - before

    async def _take(self, caller: Caller, avoid: list[int]) -> TakenNotices:
        # A grid of moments is a matter of real time, whatever the context's clock says.
        return await self._context.database.write(
            outbox.take,
            caller,
            platform=self._platform,
            avoid=avoid,
            limit=TAKEN,
            at=self._pace.since(),
            gap=self._pace.gap,
        )

    async def _send_all(
        self, taken: Sequence[Outgoing], sending: set[asyncio.Task[None]], stop: asyncio.Event | None
    ) -> None:
        for number, outgoing in enumerate(taken):
            await self._places.acquire()
            sent = await self._pace.wait(session_of(self._bot).messages - self._tried)
            if self._refused or self._resting(stop):
                self._places.release()
                self._outcomes += [partial(outbox.release, notice_id=one.notice_id) for one in taken[number:]]
                return
            self._recent[outgoing.person_id] = time.monotonic()
            task = asyncio.create_task(self._deliver(outgoing, sent))
            sending.add(task)
            task.add_done_callback(sending.discard)

    async def _deliver(self, outgoing: Outgoing, sent: Sent) -> None:
        try:
            self._outcomes.append(await self._outcome(outgoing, sent))
            await self._settle()
        except Exception as error:  # noqa: BLE001  nobody waits for this task's result
            self._failed(error)
        finally:
            self._places.release()

    async def _outcome(self, outgoing: Outgoing, sent: Sent) -> Outcome:
        """Sends one notice; answers what is to be written down of it."""
        number = outgoing.notice_id
        try:
            await self._send(outgoing, *await self._said(outgoing))
        except UnsayableError as error:  # it must not hold up the others
            metrics.REFUSED.inc()
            log.error("notice_not_rendered", notice=number, kind=outgoing.kind, exc_info=error.__cause__)
            return partial(outbox.bury, notice_id=number, error=f"render: {type(error.__cause__).__name__}")
        except TelegramRetryAfter as error:
            metrics.PUT_OFF.inc()
            log.warning("delivery_paused", seconds=error.retry_after)
            self._refused = True  # whoever waits for a moment to send must not, until the database tells everybody
            until = self._context.clock.now() + timedelta(seconds=error.retry_after)
            return partial(outbox.pause, platform=self._platform, notice_id=number, until=until)
        except TelegramForbiddenError:
            metrics.REFUSED.inc()
            log.info("notice_blocked", notice=number)
            return partial(
                outbox.bury_blocked,
                caller=self._context.caller,
                notice_id=number,
                platform=self._platform,
                external_id=outgoing.external_id,
            )
        except UNDELIVERABLE as error:
            metrics.REFUSED.inc()
            log.error("notice_refused", notice=number, kind=outgoing.kind, reason=error.message)
            return partial(outbox.bury, notice_id=number, error=f"refused: {error.message}")
        except (TelegramNetworkError, TelegramUnauthorizedError) as error:
            metrics.PUT_OFF.inc()
            self._stumble("delivery_connection_lost", error)
            return partial(outbox.release, notice_id=number)
        except TelegramAPIError as error:
            metrics.PUT_OFF.inc()
            self._stumble("delivery_server_failed", error)
            spread = random.uniform(0.5, 1.5)  # noqa: S311
            name = type(error).__name__
            return partial(outbox.retry_later, notice_id=number, error=name, spread=spread, caller=self._context.caller)
        if self._backoff.failing:
            log.info("delivery_goes_on")
            self._backoff.over()
        self._pace.answered(sent)
        self._delivered += 1
        metrics.SENT.inc()
        return partial(outbox.mark_sent, notice_id=number, caller=self._context.caller)

    async def _said(self, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
        """Returns the message and its file. Raises UnsayableError; what passes by itself is raised as it is."""
        t, make = translator(outgoing.locale), self._receipts.get(outgoing.kind)
        try:
            if make is not None:
                return await make(self._bot, self._context, t, outgoing)
            screen = self._render(
                t,
                kind=outgoing.kind,
                params=outgoing.params,
                expected=outgoing.expected,
                zone=self._context.zone,
            )
        except (TelegramAPIError, StorageError):
            raise
        except Exception as error:
            raise UnsayableError from error
        return screen, None

    async def _send(self, outgoing: Outgoing, screen: Screen, file: Attachment | None) -> None:
        if outgoing.kind in CHANGES_COMMANDS:
            await publish_anew(self._bot, self._context, outgoing.external_id)
        self._tried += 1
        await send_receipt(self._bot, outgoing.external_id, screen, file=file, within=SEND_WITHIN)

    async def _settle(self) -> None:
        """Writes down what became of what was sent. Kept until the database takes it: to send again is to repeat."""
        async with self._settling:
            while batch := list(self._outcomes):
                await self._context.database.write(outbox.settle, outcomes=batch)
                del self._outcomes[: len(batch)]

    def _resting(self, stop: asyncio.Event | None) -> bool:
        return (stop is not None and stop.is_set()) or time.monotonic() < self._rest_until

    def _spoken_to(self) -> list[int]:
        """Who got a message within the last second."""
        since = time.monotonic() - self._chat_pause
        while self._recent and next(iter(self._recent.values())) <= since:
            self._recent.popitem(last=False)
        return list(self._recent)

    def _failed(self, error: Exception) -> None:
        if isinstance(error, StorageError):
            self._stumble("delivery_storage_refused", error)
            return
        log.error("delivery_failed", exc_info=error)
        self._stumble("delivery_rests", error)

    def _stumble(self, event: str, error: Exception) -> None:
        """Rests, longer after each failure in a row; the first one is logged."""
        if not self._backoff.failing:
            log.warning(event, reason=type(error).__name__)
        self._rest_until = time.monotonic() + self._backoff.after(error)


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
