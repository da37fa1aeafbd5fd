"""What every part of the demo shares: the recipe, the time, who asks, and who and what is there already.

The demo's past is played: each part calls the use cases that people and methodists call, as they would have called them
then. So it keeps all rules and has its journal. One transaction holds it, whose commit is nobody's wait.
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import Caller, PersonCaller, StaffCaller
from db.dictionaries.models import Municipality, Organisation, Term, TermKind
from db.dictionaries.queries import rules as region_rules
from db.dictionaries.rules import Rules
from db.packs import Pack
from db.scope import Scope

SEED = 2066
LONG_AGO = 500
"""In days: before anybody of the demo came."""


@dataclass(slots=True)
class Someone:
    """Describes a person of the demo.

    `key` is the number in the recipe; `direction` and `approved` tell of the past campaign; a `newcomer` has done
    nothing yet.
    """

    municipality: str
    position: str
    qualification: str
    key: int | None = None
    direction: int | None = None
    approved: bool | None = None
    newcomer: bool = False
    id: int = 0


@dataclass(slots=True)
class Listed:
    """A person who comes by a list: when, and what stands in the row, by column."""

    person: Someone
    at: datetime
    row: dict[str, str]


@dataclass
class World:
    """The session and everything looked up by code."""

    session: Session
    pack: Pack
    now: datetime
    data_dir: Path
    password: str
    """Of all accounts."""

    people: list[Someone] = field(default_factory=list)
    staff: dict[str, Scope] = field(default_factory=dict)
    """Of accounts, by login."""

    listed: list[Listed] = field(default_factory=list)
    """Who comes by the lists that services keep."""

    in_messenger: set[int] = field(default_factory=set)
    """Ids of the people who can be written to."""

    @cached_property
    def recipe(self) -> dict[str, Any]:
        """`demo.yaml`, or what packs share."""
        return self.pack.recipe

    @cached_property
    def zone(self) -> ZoneInfo:
        """The region's zone."""
        return self.pack.zone

    @cached_property
    def rules(self) -> Rules:
        """The region's rules."""
        return region_rules(self.session)

    @cached_property
    def municipalities(self) -> dict[str, int]:
        """Ids by code."""
        return {row.code: row.id for row in self.session.scalars(select(Municipality))}

    @cached_property
    def municipality_names(self) -> dict[str, str]:
        """Names by code."""
        return {row.code: row.name for row in self.session.scalars(select(Municipality))}

    @cached_property
    def organisations(self) -> dict[int, list[Organisation]]:
        """By municipality."""
        found: dict[int, list[Organisation]] = {}
        for row in self.session.scalars(select(Organisation).order_by(Organisation.id)):
            found.setdefault(row.municipality_id, []).append(row)
        return found

    @cached_property
    def terms(self) -> dict[tuple[TermKind, str], Term]:
        """By list and code."""
        return {(row.kind, row.code): row for row in self.session.scalars(select(Term))}

    @cached_property
    def by_key(self) -> dict[int, Someone]:
        """People that the recipe names."""
        return {person.key: person for person in self.people if person.key is not None}

    @cached_property
    def stories(self) -> list[dict[str, Any]]:
        """What is told of people whom the recipe names; packs share stories, and not each has everybody."""
        return [story for story in self.recipe["stories"] if story["person"] in self.by_key]

    @cached_property
    def opened(self) -> datetime:
        """When the past campaign opened, whose dates are fixed; long ago where there was none."""
        if "campaign_2023" not in self.recipe:
            return self.at(-LONG_AGO, 0)
        code = self.recipe["campaign_2023"]["campaign"]
        found = next(item for item in self.pack.section("campaigns")["campaigns"] if item["code"] == code)
        day = found["opens"]
        return datetime.combine(day if isinstance(day, date) else date.fromisoformat(day), time(), self.zone)

    @cached_property
    def start(self) -> datetime:
        """The moment when the demo's service began: the day before."""
        return self.opened - timedelta(days=1)

    def clock(self, at: datetime) -> Caller:
        """Nobody in particular at that moment."""
        return Caller(at, self.zone)

    def person(self, person_id: int, at: datetime) -> PersonCaller:
        """A person who asks at that moment."""
        return PersonCaller(at, self.zone, person_id)

    def account(self, login: str, at: datetime) -> StaffCaller:
        """An account of the panel that asks at that moment."""
        return StaffCaller(at, self.zone, self.staff[login])

    def term(self, kind: TermKind, code: object) -> int:
        """The id of a line of a short list."""
        return self.terms[kind, str(code)].id

    def dice(self, name: str) -> random.Random:
        """Chance that falls the same way every time, of its own for every part: they don't disturb each other."""
        return random.Random(f"{SEED}:{name}")  # noqa: S311  no secrets are made of it

    def at(self, days: float, hour: int = 12, minute: int = 0) -> datetime:
        """A local time of the day that lies so many days ahead; what lies behind is never later than now."""
        day = self.now.astimezone(self.zone).date() + timedelta(days=days)
        moment = datetime.combine(day, time(hour, minute), self.zone)
        return min(moment, self.now) if days <= 0 else moment

    def working(self, days: float) -> float:
        """The same number of days, or the next one away from today that is no day off."""
        today = self.now.astimezone(self.zone).date()
        while self.rules.is_day_off(today + timedelta(days=days)):
            days += 1 if days >= 0 else -1
        return days


def weighted(dice: random.Random, weights: dict[str, float]) -> str:
    """One of the keys, by its weight."""
    return dice.choices(list(weights), list(weights.values()))[0]


def spread(counts: dict[Any, int]) -> list[Any]:
    """Every key as often as it counts."""
    return [key for key, count in counts.items() for _ in range(count)]
