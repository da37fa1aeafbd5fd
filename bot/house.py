"""What every handler may reach, made once at the start."""

import asyncio
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.settings import BotSettings
from db.clock import Clock
from db.database import AsyncDatabase
from db.packs import Pack, load_pack


@dataclass(frozen=True, slots=True)
class House:
    """The door to the data, the clock, the region's pack and zone, the settings.

    `stirred` is set when this process wrote something: there may be a notice to deliver.
    """

    database: AsyncDatabase
    clock: Clock
    pack: Pack
    zone: ZoneInfo
    settings: BotSettings
    stirred: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    def open(cls, settings: BotSettings, clock: Clock | None = None) -> "House":
        """Opens everything the settings name."""
        pack = load_pack(settings.region_pack)
        zone = ZoneInfo(settings.time_zone) if settings.time_zone else pack.zone
        return cls(AsyncDatabase(settings.database_url), clock or Clock(), pack, zone, settings)
