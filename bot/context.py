"""What every handler may reach, made once at the start."""

import asyncio
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.dialogs.storage import KEPT, DatabaseStorage, Dialogs
from bot.settings import BotSettings
from db.caller import Caller
from db.clock import Clock
from db.database import AsyncDatabase
from db.packs import Pack, load_pack


@dataclass(frozen=True, slots=True)
class Context:
    """The door to the data, the clock, the region's pack and zone, the settings, where each dialog stands.

    `notices_may_wait` is set when this process wrote something: there may be a notice to deliver.
    """

    database: AsyncDatabase
    clock: Clock
    pack: Pack
    zone: ZoneInfo
    settings: BotSettings
    dialogs: Dialogs
    notices_may_wait: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def open(cls, settings: BotSettings, clock: Clock | None = None) -> "Context":
        """Opens everything the settings name."""
        pack = load_pack(settings.region_pack)
        pack = pack if settings.sandbox else pack.real
        zone = ZoneInfo(settings.time_zone) if settings.time_zone else pack.zone
        database, clock = AsyncDatabase(settings.database_url), clock or Clock()
        return cls(database, clock, pack, zone, settings, _dialogs(settings, database, clock))

    @property
    def caller(self) -> Caller:
        """The clock, as use cases know it."""
        return Caller(self.clock.now(), self.zone)

    async def close(self) -> None:
        """Commits what waits and lets go of every connection."""
        await self.dialogs.close()
        await self.database.close()


def _dialogs(settings: BotSettings, database: AsyncDatabase, clock: Clock) -> Dialogs:
    """The storage that the settings ask for."""
    if settings.redis_url is None:
        return DatabaseStorage(database, clock, settings.platform, kept=0 if settings.beside_others else KEPT)
    from bot.dialogs.redis import RedisDialogs  # its client takes a fifth of a second to import

    return RedisDialogs(settings.redis_url, settings.platform)
