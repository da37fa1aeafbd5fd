"""Attendance of events: who registered, came and waited, by month, format, municipality or component."""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, NamedTuple

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.dictionaries.models import Municipality, Term
from db.dictionaries.queries import rules as region_rules
from db.events.models import Event, EventComponent, EventStatus, Registration, RegistrationStatus
from db.events.rules import HOLDING
from db.reports.models import FactBatch, PrivateFact
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
    """The report. Rows by component overlap where an event serves several: `total` counts everybody once.

    Without names (`exact` is false) it is of events that are over, and in fives.
    """

    by: By
    since: date
    rows: tuple[AttendanceLine, ...]
    total: AttendanceLine
    least: int
    exact: bool


@dataclass(slots=True)
class _AttendanceSum:
    events: int = 0
    registered: int = 0
    past: int = 0
    attended: int = 0
    waiting: int = 0
    rated: int = 0
    stars: int = 0
    seen: set[int] = field(default_factory=set)

    def add(self, row: Any, *, over: bool) -> None:
        if row.id not in self.seen:
            self.events += 1
            self.rated += row.rated or 0
            self.stars += row.stars or 0
        self.seen.add(row.id)
        self.registered += row.registered
        self.past += row.registered if over else 0
        self.attended += row.attended
        self.waiting += row.waiting

    def line(self, key: date | int | str | None, name: str, *, rated: bool) -> AttendanceLine:
        many = self.rated if rated else 0
        rating = round(mean(self.stars, many, low=1, high=5), 1) if many else None
        return AttendanceLine(
            key, name, self.events, self.registered, self.past, self.attended, self.waiting, rating, many
        )


class _ToldOf(NamedTuple):
    id: int
    starts_at: datetime
    ends_at: datetime
    format_id: int
    rated: int | None
    stars: int | None
    municipality_id: int | None
    registered: int
    attended: int
    waiting: int


OF_EVENT = (Event.id, Event.starts_at, Event.ends_at, Event.format_id, Event.rated, Event.stars)


class AttendanceCount:
    """Counts who came to published events that begin on `since` (a local day) or later; several tables read them once.

    A municipal methodist sees the own teachers, wherever they went; municipalities are those of the participants.
    Ratings are of whole events, so they are told neither by municipality nor to a municipality's account.
    """

    def __init__(self, session: Session, caller: StaffCaller, *, since: date) -> None:
        self.session, self.caller, self.since = session, caller, since
        self.exact = caller.scope.sees_names
        self.least = region_rules(session).mask_under

    def by(self, by: By, *, since: date | None = None) -> Attendance:
        """Returns the table from the first day on, or from a later one."""
        first = since or self.since
        begins = datetime.combine(first, time(), self.caller.zone)
        rows = [row for row in self._events if row.starts_at >= begins]
        rated = self.caller.scope.is_regional and by is not By.MUNICIPALITY
        total, sums = _AttendanceSum(), dict[Any, _AttendanceSum]()
        names, keys_of = self._naming(by, rows)
        for row in rows:
            over = row.ends_at <= self.caller.now
            total.add(row, over=over)
            for key in keys_of(row):
                sums.setdefault(key, _AttendanceSum()).add(row, over=over)
        if by is By.MUNICIPALITY and self.exact:
            sums = self._places(first)
        lines = [one.line(key, names.get(key, ""), rated=rated) for key, one in sums.items()]
        if by is By.MONTH:
            lines.sort(key=lambda line: str(line.key))
        else:
            lines.sort(key=lambda line: (-line.registered, line.name))
        return Attendance(by, first, tuple(lines), total.line(None, "", rated=rated), self.least, self.exact)

    @cached_property
    def _events(self) -> Sequence[Any]:
        """A row for each event, of which a region has some thousands; without names for each group that is told of."""
        if not self.exact:
            return self._told()
        # Of the registrations alone, and event by event: an index has all of it in that order.
        counted = self._of(self.since, Registration.event_id, *COUNTS).group_by(Registration.event_id).subquery()
        return self.session.execute(
            select(*OF_EVENT, counted.c.registered, counted.c.attended, counted.c.waiting).join(
                counted, counted.c.event_id == Event.id
            )
        ).all()

    def _told(self) -> Sequence[_ToldOf]:
        """Reads what was told of events a week after they ended: whole groups of one municipality, in fives, once.

        Whoever learns no names could take one day's, one month's or one municipality's people out of counts that move.
        """
        rows = self.session.execute(
            select(*OF_EVENT, FactBatch.municipality_id, FactBatch.count.label("registered"), FactBatch.sums)
            .join(Event, Event.id == FactBatch.of_id)
            .where(
                FactBatch.fact == PrivateFact.TURNOUT,
                FactBatch.count > 0,
                *self._shown(self.since),
                self.caller.scope.limits(FactBatch),
            )
            .order_by(FactBatch.id)
        )
        return [_ToldOf._make((*row[:-1], row.sums["attended"], row.sums["waiting"])) for row in rows]

    def _places(self, since: date) -> dict[Any, _AttendanceSum]:
        """Of events and places together there would be as many rows as people: they are summed up where they are."""
        place = Registration.municipality_id
        of_both = self._of(since, Registration.event_id, place, *COUNTS).group_by(Registration.event_id, place)
        one = of_both.subquery()
        ended = select(Event.id).where(Event.ends_at <= self.caller.now)
        past = case((one.c.event_id.in_(ended), one.c.registered), else_=0)
        sums = (func.sum(what) for what in (one.c.registered, past, one.c.attended, one.c.waiting))
        found = select(one.c.municipality_id, func.count(), *sums).group_by(one.c.municipality_id)
        return {
            key: _AttendanceSum(events, int(registered), int(over), int(attended), int(waiting))
            for key, events, registered, over, attended, waiting in self.session.execute(found)
        }

    def _of(self, since: date, *columns: Any) -> Select[Any]:
        return select(*columns).where(
            Registration.event_id.in_(select(Event.id).where(*self._shown(since))),
            Registration.status != RegistrationStatus.CANCELLED,
            self.caller.scope.limits(Registration),
        )

    def _shown(self, since: date) -> Sequence[Any]:
        begins = datetime.combine(since, time(), self.caller.zone)
        return Event.status == EventStatus.PUBLISHED, Event.starts_at >= begins

    def _naming(self, by: By, rows: Sequence[Any]) -> tuple[dict[Any, str], Callable[[Any], list[Any]]]:
        """Names of the keys where the database has them, and which keys an event counts under."""
        if by is By.MONTH:
            return {}, lambda row: [row.starts_at.astimezone(self.caller.zone).date().replace(day=1)]
        if by is By.FORMAT:
            formats = select(Term.id, Term.name).where(Term.id.in_({row.format_id for row in rows}))
            return {row.id: row.name for row in self.session.execute(formats)}, lambda row: [row.format_id]
        if by is By.MUNICIPALITY:
            places = self.session.execute(select(Municipality.id, Municipality.name))
            return {row.id: row.name for row in places}, lambda row: [] if self.exact else [row.municipality_id]
        components: dict[int, list[str]] = {}
        for event_id, component in self.session.execute(select(EventComponent.event_id, EventComponent.component)):
            components.setdefault(event_id, []).append(component)
        return {}, lambda row: components.get(row.id, [])


HELD = Registration.status.in_(HOLDING)
COUNTS = (
    func.sum(case((HELD, 1), else_=0)).label("registered"),
    func.count(Registration.attended_at).label("attended"),
    func.sum(case((Registration.status == RegistrationStatus.WAITING, 1), else_=0)).label("waiting"),
)


def attendance(session: Session, caller: StaffCaller, *, by: By, since: date) -> Attendance:
    """Returns one table of `AttendanceCount`."""
    return AttendanceCount(session, caller, since=since).by(by)


def every_way(session: Session, caller: StaffCaller, *, since: date) -> list[Attendance]:
    """Returns a table for each way of grouping, of events that are read once."""
    counted = AttendanceCount(session, caller, since=since)
    return [counted.by(by) for by in By]
