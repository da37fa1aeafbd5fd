"""What every page of the panel stands on: settings, the door to the data, the clock, the region, the texts."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from flask import g

from admin.settings import AdminSettings
from db.applications import campaigns
from db.caller import Caller, StaffCaller
from db.clock import Clock
from db.database import Database
from db.packs import Pack, load_pack
from db.scope import Scope, StaffRole
from locales import Texts, translator


@dataclass(frozen=True)
class Panel:
    """What all pages share; made once per process by `create_app`."""

    settings: AdminSettings
    database: Database
    clock: Clock

    @cached_property
    def pack(self) -> Pack:
        """The region's pack."""
        return load_pack(self.settings.region_pack)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The region's time zone: times are stored in UTC and shown in it."""
        return ZoneInfo(self.settings.time_zone) if self.settings.time_zone else self.pack.zone

    @property
    def t(self) -> Texts:
        """The panel's texts: it speaks Russian."""
        return translator("ru")

    def role_name(self, role: StaffRole) -> str:
        """What the region calls a role of an account."""
        return self.pack.about.staff_roles.get(role) or self.t.plain(f"people.panel.staff_role.{role}")

    def now(self) -> datetime:
        """Returns the present moment, in UTC."""
        return self.clock.now()

    def caller(self, scope: Scope) -> StaffCaller:
        """An account of this scope, as use cases know it."""
        return StaffCaller(self.now(), self.zone, scope)

    @property
    def selections(self) -> bool:
        """Whether the service knows selections at all: the menu and the page ask, the database once a request."""
        if "selections" not in g:
            g.selections = self.database.read(campaigns.any_held)
        return bool(g.selections)

    @property
    def stranger(self) -> Caller:
        """Whoever has not signed in yet, as use cases know them."""
        return Caller(self.now(), self.zone)

    def local(self, moment: datetime) -> datetime:
        """The moment in the region's zone."""
        return moment.astimezone(self.zone)
