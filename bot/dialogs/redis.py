"""Dialogs shared by several bot processes: aiogram's own Redis storage and isolation, made patient.

While Redis is away buttons go on working, because they wait for no text. What needs the dialog is tried again for
half a minute, then set aside with an apology.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import structlog
from aiogram.fsm.storage.base import BaseEventIsolation, DefaultKeyBuilder, StateType, StorageKey
from aiogram.fsm.storage.redis import RedisEventIsolation, RedisStorage
from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError

from bot.dialogs.storage import LOST, Dialogs, DialogsLostError
from db.inbox import redis_dialogs
from db.inbox.services import DIALOGS_KEPT

log = structlog.get_logger(__name__)

ANSWERS_WITHIN = 1.0  # seconds
RESTS = 1.0
LOCKED_FOR = 60.0
"""A process that dies in the middle of an update holds that one dialog for so many seconds at most."""


class RedisDialogs(RedisStorage, Dialogs):
    """Dialogs under `opora:<platform>:<bot>:<chat>:<user>:state` and `:data`, kept as long as the database would."""

    def __init__(self, url: str, platform: str) -> None:
        client = Redis.from_url(
            url,
            socket_connect_timeout=ANSWERS_WITHIN,
            socket_timeout=ANSWERS_WITHIN,
            retry=Retry(ExponentialBackoff(cap=0.2, base=0.05), retries=2),
        )
        keys = DefaultKeyBuilder(prefix=f"{redis_dialogs.PREFIX}:{platform}", with_bot_id=True)
        super().__init__(client, key_builder=keys, state_ttl=DIALOGS_KEPT, data_ttl=DIALOGS_KEPT)
        self._url = url
        self._rests_until = 0.0
        self._away = False

    async def get_state(self, key: StorageKey) -> str | None:
        """The state's name; LOST while Redis is away."""
        if self.rests:
            return LOST
        try:
            with self.asking():
                return await super().get_state(key)
        except DialogsLostError:
            return LOST

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Changes the state. Raises DialogsLostError."""
        with self.asking():
            await super().set_state(key, state)

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """The dialog's data. Raises DialogsLostError."""
        with self.asking():
            return await super().get_data(key)

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Replaces the data. Raises DialogsLostError."""
        with self.asking():
            await super().set_data(key, data)

    async def put(self, key: StorageKey, state: str | None, data: dict[str, Any]) -> None:
        """Changes both. Raises DialogsLostError."""
        await self.set_data(key, data)
        await self.set_state(key, state)

    async def forget(self, *, platform: str, external_id: int) -> None:
        """Removes a person's keys, in whichever chat and of whichever bot. Raises DialogsLostError."""
        with self.asking():
            await asyncio.to_thread(redis_dialogs.forget, self._url, platform=platform, external_id=external_id)

    def isolation(self) -> BaseEventIsolation:
        """A lock for each dialog, held by one process."""
        return _SharedIsolation(self)

    @property
    def rests(self) -> bool:
        """Whether Redis was away a moment ago: nobody asks again so soon, every tap would wait for it."""
        return time.monotonic() < self._rests_until

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Turns a failure of Redis into DialogsLostError; its beginning and its end are logged once."""
        try:
            yield
        except RedisError as error:
            if not self._away:
                log.warning("dialogs_lost", reason=type(error).__name__)
            self._away, self._rests_until = True, time.monotonic() + RESTS
            raise DialogsLostError from error
        if self._away:
            log.info("dialogs_back")
        self._away, self._rests_until = False, 0.0


class _SharedIsolation(RedisEventIsolation):
    """aiogram's lock, done without while Redis is away: order within a process does not depend on it."""

    def __init__(self, storage: RedisDialogs) -> None:
        super().__init__(storage.redis, key_builder=storage.key_builder)
        self._storage = storage

    @asynccontextmanager
    async def lock(self, key: StorageKey) -> AsyncGenerator[None, None]:
        """Holds the dialog while its update is handled."""
        name = self.key_builder.build(key, "lock")
        lock = Lock(self.redis, name, timeout=LOCKED_FOR, sleep=0.05, blocking_timeout=LOCKED_FOR)
        held = False
        if not self._storage.rests:
            try:
                with self._storage.asking():
                    held = await lock.acquire()
            except DialogsLostError:
                held = False
        try:
            yield
        finally:
            if held:
                try:
                    await lock.release()
                except RedisError as error:  # it ends by itself
                    log.warning("dialog_not_released", reason=type(error).__name__)
