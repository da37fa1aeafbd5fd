"""Where aiogram keeps what a dialog waits for: our database, so that a restart changes nothing (`redis`: Redis)."""

from abc import abstractmethod
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseEventIsolation, BaseStorage, StateType, StorageKey
from aiogram.fsm.storage.memory import DisabledEventIsolation

from db.clock import Clock
from db.database import AsyncDatabase
from db.inbox import queries
from db.inbox import services as inbox

KEPT = 10_000
LOST = "dialogs:lost"
"""The state of every dialog while nobody can say which it is: no text is taken for the answer to something else."""


class DialogsLostError(Exception):
    """Where dialogs are kept doesn't answer now; the update is to be tried again."""


class Dialogs(BaseStorage):
    """What the bot asks of a storage beyond aiogram's own questions."""

    @abstractmethod
    async def put(self, key: StorageKey, state: str | None, data: dict[str, Any]) -> None:
        """Changes the state and its data together. Raises DialogsLostError."""

    @abstractmethod
    async def forget(self, *, platform: str, external_id: int) -> None:
        """Nothing of this person's dialogs is kept any more. Raises DialogsLostError."""

    def isolation(self) -> BaseEventIsolation:
        """What keeps two updates of one dialog apart; within a process the receiver's lanes do."""
        return DisabledEventIsolation()


class DatabaseStorage(Dialogs):
    """Dialogs in the table `dialog`, the recent ones at hand: a tap that waits for no text costs no read.

    `kept` is how many; none where other processes change them too, unless they share Redis.
    """

    def __init__(self, database: AsyncDatabase, clock: Clock, platform: str, *, kept: int = KEPT) -> None:
        self._platform = platform
        self._kept = kept
        self._database = database
        self._clock = clock
        self._recent: OrderedDict[str, tuple[str | None, dict[str, Any]]] = OrderedDict()

    async def get_state(self, key: StorageKey) -> str | None:
        """The state's name."""
        return (await self._load(key))[0]

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        """Changes the state alone."""
        name = state.state if isinstance(state, State) else state
        current, data = await self._load(key)
        if name != current:
            await self._save(key, name, data)

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        """A copy of the dialog's data."""
        return dict((await self._load(key))[1])

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        """Replaces the data."""
        state, current = await self._load(key)
        if dict(data) != current:
            await self._save(key, state, dict(data))

    async def put(self, key: StorageKey, state: str | None, data: dict[str, Any]) -> None:
        """Changes both, where anything changes."""
        if (state, data) != await self._load(key):
            await self._save(key, state, data)

    async def close(self) -> None:
        """Nothing to close: the database is not ours."""

    async def forget(self, *, platform: str, external_id: int) -> None:
        """Drops what is at hand; the rows end with the person's other data."""
        for name in [name for name in self._recent if self._is_of(name, platform, external_id)]:
            del self._recent[name]

    async def _load(self, key: StorageKey) -> tuple[str | None, dict[str, Any]]:
        name = self._name(key)
        found = self._recent.get(name)
        if found is None:
            found = await self._database.read(queries.load_dialog, key=name)
            self._keep(name, found)
        return found

    async def _save(self, key: StorageKey, state: str | None, data: dict[str, Any]) -> None:
        name = self._name(key)
        await self._database.write(inbox.save_dialog, key=name, state=state, data=data, now=self._clock.now())
        self._keep(name, (state, data))

    def _keep(self, name: str, value: tuple[str | None, dict[str, Any]]) -> None:
        self._recent[name] = value
        self._recent.move_to_end(name)
        if len(self._recent) > self._kept:
            self._recent.popitem(last=False)

    def _name(self, key: StorageKey) -> str:
        return f"{self._platform}:{key.bot_id}:{key.chat_id}:{key.user_id}"

    @staticmethod
    def _is_of(name: str, platform: str, external_id: int) -> bool:
        return name.startswith(f"{platform}:") and name.endswith(f":{external_id}")
