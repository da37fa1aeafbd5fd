"""How a group's plan stands at a day: what its members see in the bot, and what the panel counts of many groups."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, String, cast, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.caller import Caller, PersonCaller
from db.diary.rules import school_year
from db.errors import NotFoundError
from db.groups import membership
from db.groups.membership import today
from db.groups.models import GroupStatus, MethodicalGroup
from db.plans.rules import LineState, Slot, next_slot, state
from db.workplans import deeds, rules
from db.workplans.models import WorkplanFulfilment, WorkplanLine, WorkWay

ORDER = (LineState.OVERDUE, LineState.NOW, LineState.AHEAD, LineState.NO_TERM, LineState.UNMARKED, LineState.DONE)
"""What one has to see first."""
LATELY = 3
"""Meetings, and events, that a head is offered as what fulfilled a line."""


@dataclass(frozen=True, slots=True)
class WorkLine:
    """A line with its due slots, those of them that are done, and how it stands."""

    line: WorkplanLine
    due: Sequence[Slot]
    done: Sequence[WorkplanFulfilment]
    state: LineState

    @property
    def wanted(self) -> int:
        """How many times the line is to be fulfilled."""
        return max(len(self.due), 1)

    @property
    def next(self) -> int | None:
        """The first slot that is not fulfilled."""
        return next_slot(self.due, {one.slot for one in self.done})

    @property
    def upcoming(self) -> Slot | None:
        """The days of that slot; nothing where the line has no days or all is done."""
        return self.due[self.next] if self.due and self.next is not None else None


@dataclass(frozen=True, slots=True)
class WorkTotals:
    """How far a plan is: its lines, how many times they are due in all and done, and the lines that are late."""

    lines: int = 0
    wanted: int = 0
    done: int = 0
    overdue: int = 0

    def __add__(self, other: "WorkTotals") -> "WorkTotals":
        """Two plans together."""
        return WorkTotals(
            self.lines + other.lines,
            self.wanted + other.wanted,
            self.done + other.done,
            self.overdue + other.overdue,
        )


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """A group's plan of a school year as a member sees it; `this` is the school year of today."""

    group_id: int
    name: str
    year: int
    this: int
    heads: bool
    rows: Sequence[WorkLine]
    totals: WorkTotals


@dataclass(frozen=True, slots=True)
class WorkShown:
    """Something of the group that may have fulfilled a line: a meeting by its moment, an event by its title."""

    way: WorkWay
    of_id: int
    text: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class WorkCard:
    """One line as a member sees it; `shown` is what its head may name, `noted` the slots that one has noted oneself."""

    row: WorkLine
    heads: bool
    noted: frozenset[int]
    shown: Sequence[WorkShown]


def stands(line: WorkplanLine, done: Sequence[WorkplanFulfilment], *, on: date) -> WorkLine:
    """Returns how a line stands at a day."""
    due = rules.due(line.starts, line.ends, line.period, line.times)
    over = school_year(on) > line.year
    return WorkLine(line, due, done, state(due, {one.slot for one in done}, today=on, over=over))


def rows(session: Session, caller: Caller, *, group_id: int, year: int) -> list[WorkLine]:
    """Lists the lines of a group's year: what is late or due first, then as they were written."""
    lines = session.scalars(
        select(WorkplanLine)
        .where(WorkplanLine.group_id == group_id, WorkplanLine.year == year)
        .order_by(WorkplanLine.id)
    ).all()
    done: defaultdict[int, list[WorkplanFulfilment]] = defaultdict(list)
    for one in session.scalars(
        select(WorkplanFulfilment)
        .where(WorkplanFulfilment.line_id.in_([line.id for line in lines]))
        .order_by(WorkplanFulfilment.slot)
    ):
        done[one.line_id].append(one)
    found = [stands(line, done[line.id], on=today(caller)) for line in lines]
    return sorted(found, key=lambda one: ORDER.index(one.state))


def total(found: Sequence[WorkLine]) -> WorkTotals:
    """Counts lines together."""
    return WorkTotals(
        len(found),
        sum(one.wanted for one in found),
        sum(len(one.done) for one in found),
        sum(one.state is LineState.OVERDUE for one in found),
    )


def totals(
    session: Session, caller: Caller, *which: ColumnElement[bool], by: InstrumentedAttribute[int]
) -> Mapping[int, WorkTotals]:
    """Counts the plans of groups of a condition by a column of the group or the line.

    Lines of one term that are done alike are one row of the database's answer: of many thousands few are left.
    """
    on = today(caller)
    slots_done = func.aggregate_strings(cast(WorkplanFulfilment.slot, String), ",")
    marks = (
        select(WorkplanFulfilment.line_id, slots_done.label("slots")).group_by(WorkplanFulfilment.line_id).subquery()
    )
    term = (
        *(WorkplanLine.year, WorkplanLine.starts, WorkplanLine.ends, WorkplanLine.period, WorkplanLine.times),
        marks.c.slots,
    )
    lines = (
        select(by, func.count(), *term)
        .select_from(WorkplanLine)
        .join(MethodicalGroup)
        .outerjoin(marks, marks.c.line_id == WorkplanLine.id)
        .where(*which)
        .group_by(by, *term)
    )
    found: defaultdict[int, WorkTotals] = defaultdict(WorkTotals)
    for key, count, year, starts, ends, period, times, slots in session.execute(lines):
        due, done = rules.due(starts, ends, period, times), {int(one) for one in (slots or "").split(",") if one}
        late = state(due, done, today=on, over=school_year(on) > year) is LineState.OVERDUE
        found[key] += WorkTotals(count, count * max(len(due), 1), count * len(done), count * late)
    return found


def plan(session: Session, caller: PersonCaller, *, group_id: int, year: int | None = None) -> GroupPlan:
    """Returns the plan of a group that one is in; of this school year where none is named. Raises NotFoundError."""
    group = _inside(session, caller, group_id)
    this = school_year(today(caller))
    found = rows(session, caller, group_id=group_id, year=this if year is None else year)
    heads = group.head_id == caller.person_id
    return GroupPlan(group_id, group.name, this if year is None else year, this, heads, found, total(found))


def line(session: Session, caller: PersonCaller, *, line_id: int) -> WorkCard:
    """Returns one line of a group that one is in. Raises NotFoundError."""
    row = session.get(WorkplanLine, line_id)
    if row is None:
        raise NotFoundError
    group = _inside(session, caller, row.group_id)
    done = session.scalars(
        select(WorkplanFulfilment).where(WorkplanFulfilment.line_id == line_id).order_by(WorkplanFulfilment.slot)
    ).all()
    heads = group.head_id == caller.person_id
    noted = frozenset(one.slot for one in done if heads and one.noted_by == caller.actor)
    return WorkCard(stands(row, done, on=today(caller)), heads, noted, _shown(session, caller, row) if heads else ())


def _shown(session: Session, caller: PersonCaller, row: WorkplanLine) -> list[WorkShown]:
    ways = WorkWay.MEETING, WorkWay.EVENT
    return [
        WorkShown(way, number, *(("", what) if isinstance(what, datetime) else (what, None)))
        for way, found in deeds.shows(session, caller, row.group_id, ways=ways, most=LATELY).items()
        for number, what in found
    ]


def open_count(session: Session, caller: PersonCaller) -> int:
    """Counts the lines of this year that are late or go on in groups that the person heads."""
    on = today(caller)
    heads = MethodicalGroup.head_id == caller.person_id, MethodicalGroup.status == GroupStatus.ACTIVE
    groups = session.scalars(select(MethodicalGroup.id).where(*heads, exists().where(_of_group)))
    pressing = (LineState.OVERDUE, LineState.NOW)
    return sum(
        one.state in pressing
        for group_id in groups
        for one in rows(session, caller, group_id=group_id, year=school_year(on))
    )


_of_group = WorkplanLine.group_id == MethodicalGroup.id


def _inside(session: Session, caller: PersonCaller, group_id: int) -> MethodicalGroup:
    group = session.get(MethodicalGroup, group_id)
    if group is None or group.closed_at is not None or not membership.is_member(session, group_id, caller.person_id):
        raise NotFoundError
    return group
