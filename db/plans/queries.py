"""Reads plans: what they say, and how their lines stand at a day. Nothing in them is personal."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from db.base import table
from db.caller import PersonCaller, StaffCaller
from db.errors import NotFoundError
from db.events.models import Event
from db.plans.models import Plan, PlanFulfilment, PlanLine, PlanPoint, PlanResponsible, PlanSection
from db.plans.rules import LineState, Slot, next_slot, outside, slots, state
from db.texts import comparable

_LINE, _SECTION = table(PlanLine), table(PlanSection)
ORDER = (
    *(LineState.OVERDUE, LineState.NOW, LineState.AHEAD),
    *(LineState.NO_TERM, LineState.UNMARKED, LineState.DONE),
)
"""What one has to see first."""


@dataclass(frozen=True, slots=True)
class PlanFilter:
    """Which lines of a plan are wanted: of a section, in a state, due between two days, with these words."""

    section_id: int | None = None
    state: LineState | None = None
    first: date | None = None
    last: date | None = None
    text: str = ""
    person_id: int | None = None
    """Those that this person answers for."""


@dataclass(frozen=True, slots=True)
class LineRow:
    """A line with its due slots, those of them that are done, and how it stands."""

    line: PlanLine
    due: Sequence[Slot]
    done: Sequence[PlanFulfilment]
    state: LineState
    outside: bool

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
class PlanPage:
    """A page of a plan's lines, how many there are of what is wanted, and how all lines of the plan stand."""

    rows: Sequence[LineRow]
    total: int
    states: Mapping[LineState, int]


@dataclass(frozen=True, slots=True)
class DueRow:
    """One time that a line is due; `number` counts its slots from nought."""

    line: PlanLine
    slot: Slot
    number: int
    state: LineState


@dataclass(frozen=True, slots=True)
class Due:
    """What ends in some days, what goes on after them, and how many there are of each beyond those that are listed."""

    ending: Sequence[DueRow]
    going: Sequence[DueRow]
    ending_total: int
    going_total: int


@dataclass(frozen=True, slots=True)
class _Scanned:
    """A line as far as all lines of a plan are read for one page."""

    line_id: int
    section_id: int
    text: str
    due: Sequence[Slot]
    done: set[int]
    over: bool
    strict: bool
    state: LineState

    def slot_state(self, number: int, today: date) -> LineState:
        """How one of its slots stands."""
        slot, done = self.due[number], number in self.done
        return state([slot], {0} if done else set(), today=today, over=self.over, strict=self.strict)


def plans(session: Session) -> Sequence[Plan]:
    """Lists the plans in the source's order, with their stages."""
    return session.scalars(select(Plan).options(selectinload(Plan.stages)).order_by(Plan.position, Plan.id)).all()


def sections(session: Session, caller: StaffCaller, *, plan_id: int) -> Sequence[PlanSection]:
    """Lists a plan's sections, those without lines too; to a coordinator those of other directions are not there."""
    of = select(PlanSection).where(PlanSection.plan_id == plan_id).options(joinedload(PlanSection.plan))
    rows = of.order_by(PlanSection.position, PlanSection.id)
    return [row for row in session.scalars(rows) if caller.scope.sees_direction(row.direction_id)]


def points(session: Session) -> Sequence[PlanPoint]:
    """Lists goals, tasks, results and works as the source has them."""
    return session.scalars(select(PlanPoint).order_by(PlanPoint.position, PlanPoint.id)).all()


def lines(
    session: Session,
    caller: StaffCaller,
    *,
    plan_id: int,
    today: date,
    wanted: PlanFilter,
    limit: int | None = None,
    offset: int = 0,
) -> PlanPage:
    """Finds the lines of a plan that are wanted, a coordinator's among those within reach. Raises NotFoundError.

    How a line stands is worked out of its days, for all lines at once.
    """
    found: list[tuple[int, LineState]] = []
    states: Counter[LineState] = Counter()
    mine, words = _mine(session, wanted.person_id), comparable(wanted.text)
    for row in _scan(session, caller, plan_id, today):
        states[row.state] += 1
        if (mine is None or row.line_id in mine) and _is_wanted(wanted, words, row):
            found.append((row.line_id, row.state))
    chosen = found[offset:] if limit is None else found[offset : offset + limit]
    return PlanPage(_rows(session, dict(chosen)), len(found), states)


def due_between(
    session: Session, caller: StaffCaller, *, plan_id: int, today: date, wanted: PlanFilter, most: int
) -> Due:
    """Lists the slots that end between the filter's two days, by day, and those that go on after them, `most` of each.

    Raises NotFoundError.
    """
    first, last = wanted.first or date.min, wanted.last or date.max
    ending: list[tuple[Slot, int, _Scanned]] = []
    going: list[tuple[Slot, int, _Scanned]] = []
    mine, words = _mine(session, wanted.person_id), comparable(wanted.text)
    for row in _scan(session, caller, plan_id, today):
        if (mine is None or row.line_id in mine) and _is_wanted(wanted, words, row):
            for number, slot in enumerate(row.due):
                if slot.starts <= last and slot.ends >= first:
                    (ending if slot.ends <= last else going).append((slot, number, row))
    shown = [sorted(part, key=lambda one: one[0].ends)[:most] for part in (ending, going)]
    ids = {row.line_id for part in shown for _, _, row in part}
    by_id = {row.id: row for row in session.scalars(select(PlanLine).where(PlanLine.id.in_(ids)))}
    rows = [
        [DueRow(by_id[row.line_id], slot, number, row.slot_state(number, today)) for slot, number, row in part]
        for part in shown
    ]
    return Due(rows[0], rows[1], len(ending), len(going))


def line(session: Session, *, line_id: int, today: date) -> LineRow:
    """Returns one line with what fulfilled it. Raises NotFoundError."""
    row = session.get(PlanLine, line_id, options=[joinedload(PlanLine.section).joinedload(PlanSection.plan)])
    if row is None:
        raise NotFoundError
    return _stands(row, _fulfilments(session, [line_id])[line_id], today)


def _stands(row: PlanLine, done: Sequence[PlanFulfilment], today: date) -> LineRow:
    over = row.section.plan.ends is not None and row.section.plan.ends < today
    due = slots(row.starts, row.ends, row.period, row.times)
    strict = not outside(row.starts, row.ends, row.section.starts, row.section.ends)
    stands = state(due, {one.slot for one in done}, today=today, over=over, strict=strict)
    return LineRow(row, due, done, stands, not strict)


def own(session: Session, caller: PersonCaller) -> Sequence[LineRow]:
    """Lists the lines that a person answers for: what is overdue or due first, then as the plan has them."""
    today = caller.now.astimezone(caller.zone).date()
    rows = session.scalars(
        select(PlanLine)
        .join(PlanResponsible, PlanResponsible.line_id == PlanLine.id)
        .where(PlanResponsible.person_id == caller.person_id, PlanLine.active)
        .options(joinedload(PlanLine.section).joinedload(PlanSection.plan))
        .order_by(PlanLine.section_id, PlanLine.position, PlanLine.id)
    ).all()
    done = _fulfilments(session, [row.id for row in rows])
    found = [_stands(row, done[row.id], today) for row in rows]
    return sorted(found, key=lambda one: ORDER.index(one.state))


def own_count(session: Session, caller: PersonCaller) -> int:
    """Counts the lines that the person answers for."""
    lines = select(func.count()).where(PlanResponsible.person_id == caller.person_id)
    return session.scalar(lines) or 0


def own_line(session: Session, caller: PersonCaller, *, line_id: int) -> LineRow:
    """Returns one of the lines that a person answers for. Raises NotFoundError."""
    if session.get(PlanResponsible, (line_id, caller.person_id)) is None:
        raise NotFoundError
    found = line(session, line_id=line_id, today=caller.now.astimezone(caller.zone).date())
    if not found.line.active:
        raise NotFoundError
    return found


def event_titles(session: Session, *, line_id: int) -> Sequence[tuple[int, str]]:
    """Lists the events that fulfilled a line, each with its title."""
    return [
        (number, title)
        for number, title in session.execute(
            select(Event.id, Event.title)
            .join(PlanFulfilment, PlanFulfilment.event_id == Event.id)
            .where(PlanFulfilment.line_id == line_id)
        )
    ]


def _scan(session: Session, caller: StaffCaller, plan_id: int, today: date) -> Iterator[_Scanned]:
    """Reads all lines of a plan within reach, in their order, and works out how each stands. Raises NotFoundError."""
    of = session.get(Plan, plan_id)
    if of is None:
        raise NotFoundError
    over = of.ends is not None and of.ends < today
    done = _done(session, plan_id)
    for row in session.execute(
        select(
            *(_LINE.c.id, _LINE.c.section_id, _LINE.c.text, _LINE.c.starts, _LINE.c.ends, _LINE.c.period),
            *(_LINE.c.times, _SECTION.c.starts.label("first"), _SECTION.c.ends.label("last")),
            _SECTION.c.direction_id,
        )
        .join(_SECTION, _SECTION.c.id == _LINE.c.section_id)
        .where(_SECTION.c.plan_id == plan_id, _LINE.c.active)
        .order_by(_SECTION.c.position, _LINE.c.position, _LINE.c.id)
    ):
        if caller.scope.sees_direction(row.direction_id):
            due = slots(row.starts, row.ends, row.period, row.times)
            strict = not outside(row.starts, row.ends, row.first, row.last)
            stands = state(due, done[row.id], today=today, over=over, strict=strict)
            yield _Scanned(row.id, row.section_id, row.text, due, done[row.id], over, strict, stands)


def _mine(session: Session, person_id: int | None) -> set[int] | None:
    """The lines that somebody answers for; nothing where nobody is asked about."""
    if person_id is None:
        return None
    return set(session.scalars(select(PlanResponsible.line_id).where(PlanResponsible.person_id == person_id)))


def _is_wanted(wanted: PlanFilter, words: str, row: _Scanned) -> bool:
    first, last = wanted.first or date.min, wanted.last or date.max
    bounded = wanted.first is not None or wanted.last is not None
    return (
        wanted.section_id in (None, row.section_id)
        and wanted.state in (None, row.state)
        and (not bounded or any(slot.starts <= last and slot.ends >= first for slot in row.due))
        and (not words or words in comparable(row.text))
    )


def _done(session: Session, plan_id: int) -> Mapping[int, set[int]]:
    done: defaultdict[int, set[int]] = defaultdict(set)
    for line_id, slot in session.execute(
        select(PlanFulfilment.line_id, PlanFulfilment.slot)
        .join(PlanLine)
        .join(PlanSection)
        .where(PlanSection.plan_id == plan_id)
    ):
        done[line_id].add(slot)
    return done


def _rows(session: Session, states: Mapping[int, LineState]) -> list[LineRow]:
    found = session.scalars(select(PlanLine).where(PlanLine.id.in_(states)).options(joinedload(PlanLine.section)))
    by_id, done = {row.id: row for row in found}, _fulfilments(session, list(states))
    return [
        LineRow(
            row := by_id[line_id],
            slots(row.starts, row.ends, row.period, row.times),
            done[line_id],
            stands,
            outside(row.starts, row.ends, row.section.starts, row.section.ends),
        )
        for line_id, stands in states.items()
    ]


def _fulfilments(session: Session, line_ids: Sequence[int]) -> Mapping[int, list[PlanFulfilment]]:
    done: defaultdict[int, list[PlanFulfilment]] = defaultdict(list)
    for row in session.scalars(
        select(PlanFulfilment).where(PlanFulfilment.line_id.in_(line_ids)).order_by(PlanFulfilment.slot)
    ):
        done[row.line_id].append(row)
    return done
