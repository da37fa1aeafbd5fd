"""Attendance of events: who registered, came and waited, by month, format, municipality or component."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.dictionaries.models import Municipality, Term
from db.dictionaries.queries import rules as region_rules
from db.events.models import Event, EventComponent, EventStatus, Registration, RegistrationStatus
from db.events.rules import HOLDING
from db.reports.rules import mean


class By(enum.StrEnum):
    """What the rows are."""

    MONTH = "month"
    FORMAT = "format"
    MUNICIPALITY = "municipality"
    COMPONENT = "component"


@dataclass(frozen=True, slots=True)
class AttendanceLine:
    """Counts one group of the report.

    `key` is a month's first day, an id, or a component's code; `past` are registered for what is over, of whom
    `attended` came. `rating` is the mean of 1–5 that was published of whole events, for the region's accounts.
    """

    key: date | int | str | None
    name: str
    events: int
    registered: int
    past: int
    attended: int
    waiting: int
    rating: float | None
    rated: int

    @property
    def asked(self) -> int:
        """Everybody who asked for a seat."""
        return self.registered + self.waiting

    @property
    def share(self) -> float | None:
        """Of those registered for what is over, how many came, 0–1."""
        return self.attended / self.past if self.past else None


@dataclass(frozen=True, slots=True)
class Attendance:
    """The report. Rows by component overlap where an event serves several: `total` counts everybody once."""

    by: By
    since: date
    rows: tuple[AttendanceLine, ...]
    total: AttendanceLine
    least: int


@dataclass(slots=True)
class _AttendanceSum:
    events: set[int] = field(default_factory=set)
    registered: int = 0
    past: int = 0
    attended: int = 0
    waiting: int = 0
    rated: int = 0
    stars: int = 0

    def add(self, row: Any, *, over: bool) -> None:
        if row.event_id not in self.events:
            self.rated += row.rated or 0
            self.stars += row.stars or 0
        self.events.add(row.event_id)
        self.registered += row.registered
        self.past += row.registered if over else 0
        self.attended += row.attended
        self.waiting += row.waiting

    def line(self, key: date | int | str | None, name: str, *, rated: bool) -> AttendanceLine:
        many = self.rated if rated else 0
        rating = round(mean(self.stars, many, low=1, high=5), 1) if many else None
        return AttendanceLine(
            key, name, len(self.events), self.registered, self.past, self.attended, self.waiting, rating, many
        )


def attendance(session: Session, caller: StaffCaller, *, by: By, since: date) -> Attendance:
    """Counts who came to published events that begin on `since` (a local day) or later.

    A municipal methodist sees the own teachers, wherever they went; municipalities are those of the participants.
    Ratings are of whole events, so they are told neither by municipality nor to a municipality's account.
    """
    rated = caller.scope.is_regional and by is not By.MUNICIPALITY
    least = region_rules(session).mask_under
    keys: list[Any] = [Registration.event_id]
    if by is By.MUNICIPALITY:
        keys.append(Registration.municipality_id)
    holding = Registration.status.in_(HOLDING)
    rows = session.execute(
        select(
            *keys,
            Event.starts_at,
            Event.ends_at,
            Event.format_id,
            Event.rated,
            Event.stars,
            func.sum(case((holding, 1), else_=0)).label("registered"),
            func.count(Registration.attended_at).label("attended"),
            func.sum(case((Registration.status == RegistrationStatus.WAITING, 1), else_=0)).label("waiting"),
        )
        .join(Event, Event.id == Registration.event_id)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at >= datetime.combine(since, time(), caller.zone),
            Registration.status != RegistrationStatus.CANCELLED,
            caller.scope.limits(Registration),
        )
        .group_by(*keys, Event.starts_at, Event.ends_at, Event.format_id, Event.rated, Event.stars)
    ).all()
    names, keys_of = _naming(session, by, rows, caller.zone)
    total, sums = _AttendanceSum(), dict[Any, _AttendanceSum]()
    for row in rows:
        over = row.ends_at <= caller.now
        total.add(row, over=over)
        for key in keys_of(row):
            sums.setdefault(key, _AttendanceSum()).add(row, over=over)
    lines = [one.line(key, names.get(key, ""), rated=rated) for key, one in sums.items()]
    if by is By.MONTH:
        lines.sort(key=lambda line: str(line.key))
    else:
        lines.sort(key=lambda line: (-line.registered, line.name))
    return Attendance(by, since, tuple(lines), total.line(None, "", rated=rated), least)


def _naming(session: Session, by: By, rows: Iterable[Any], zone: ZoneInfo) -> tuple[dict[Any, str], Any]:
    """Names of the keys where the database has them, and which keys a row counts under."""
    if by is By.MONTH:
        return {}, lambda row: [row.starts_at.astimezone(zone).date().replace(day=1)]
    if by is By.FORMAT:
        formats = session.execute(select(Term.id, Term.name).where(Term.id.in_({row.format_id for row in rows})))
        return {row.id: row.name for row in formats}, lambda row: [row.format_id]
    if by is By.MUNICIPALITY:
        places = session.execute(select(Municipality.id, Municipality.name))
        return {row.id: row.name for row in places}, lambda row: [row.municipality_id]
    components: dict[int, list[str]] = {}
    for event_id, component in session.execute(select(EventComponent.event_id, EventComponent.component)):
        components.setdefault(event_id, []).append(component)
    return {}, lambda row: components.get(row.event_id, [])
