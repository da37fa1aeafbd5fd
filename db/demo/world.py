"""What every part of the demo data shares: the session, the recipe, the time, and who and what is there already."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.dictionaries.models import Municipality, Organisation, Term, TermKind
from db.dictionaries.queries import rules as region_rules
from db.dictionaries.rules import Rules
from db.packs import Pack

SEED = 2066


@dataclass(slots=True)
class Someone:
    """A person of the demo. `key` is the number in the recipe; `direction` and `approved` tell of the past campaign; a
    `newcomer` has done nothing yet.
    """

    municipality: str
    position: str
    qualification: str
    key: int | None = None
    direction: int | None = None
    approved: bool | None = None
    newcomer: bool = False
    id: int = 0


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
    staff: dict[str, int] = field(default_factory=dict)

    @cached_property
    def recipe(self) -> dict[str, Any]:
        """`demo.yaml`."""
        return self.pack.section("demo")

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
    def organisations(self) -> dict[int, list[Organisation]]:
        """By municipality."""
        found: dict[int, list[Organisation]] = {}
        for row in self.session.scalars(select(Organisation).order_by(Organisation.id)):
            found.setdefault(row.municipality_id, []).append(row)
        return found

    @cached_property
    def terms(self) -> dict[tuple[TermKind, str], int]:
        """Ids by list and code."""
        return {(row.kind, row.code): row.id for row in self.session.scalars(select(Term))}

    @cached_property
    def by_key(self) -> dict[int, Someone]:
        """People that the recipe names."""
        return {person.key: person for person in self.people if person.key is not None}

    def opens(self, code: str) -> datetime:
        """When a campaign of the pack opens whose dates are fixed."""
        found = next(item for item in self.pack.section("campaigns")["campaigns"] if item["code"] == code)
        day = found["opens"]
        return datetime.combine(day if isinstance(day, date) else date.fromisoformat(day), time(), self.zone)

    def term(self, kind: TermKind, code: object) -> int:
        """The id of a line of a short list."""
        return self.terms[kind, str(code)]

    def dice(self, name: str) -> random.Random:
        """Chance that falls the same way every time, of its own for every part: they don't disturb each other."""
        return random.Random(f"{SEED}:{name}")  # noqa: S311  no secrets are made of it

    def at(self, days: float, hour: int = 12, minute: int = 0) -> datetime:
        """A local time of the day that lies so many days ahead; what lies behind is never later than now."""
        day = self.now.astimezone(self.zone).date() + timedelta(days=days)
        moment = datetime.combine(day, time(hour, minute), self.zone)
        return min(moment, self.now) if days <= 0 else moment


def weighted(dice: random.Random, weights: dict[str, float]) -> str:
    """One of the keys, by its weight."""
    return dice.choices(list(weights), list(weights.values()))[0]


def spread(counts: dict[Any, int]) -> list[Any]:
    """Every key as often as it counts."""
    return [key for key, count in counts.items() for _ in range(count)]
