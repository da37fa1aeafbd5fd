"""When a plan's line is due, and how it stands: pure."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from db.plans.models import Period, PlanUploadStatus
from db.transitions import Transitions

MONTHS = {Period.MONTH: 1, Period.QUARTER: 3, Period.YEAR: 12}
YEAR = 12
YEAR_DIGITS = 4
LEAD = timedelta(days=7)
"""How long before a slot's end whoever answers for it is reminded."""


_U = PlanUploadStatus
UPLOAD = Transitions(
    {_U.WAITING: [_U.DONE, _U.DROPPED], _U.DONE: [_U.UNDONE], _U.UNDONE: [], _U.DROPPED: []},
    refusal="plan_upload_moved_on",
)


class LineState(enum.StrEnum):
    """How a line stands at a day. `unmarked` was not noted as done, and its plan is over."""

    DONE = "done"
    OVERDUE = "overdue"
    NOW = "now"
    AHEAD = "ahead"
    UNMARKED = "unmarked"
    NO_TERM = "no_term"


@dataclass(frozen=True, slots=True)
class Slot:
    """One time that a line is due, both days included."""

    starts: date
    ends: date


@lru_cache(maxsize=1024)
def slots(starts: date | None, ends: date | None, period: Period | None, times: int) -> tuple[Slot, ...]:
    """Returns the due slots of a line between its two days, in order; none where it has no days.

    «4 раза в год» is a slot a quarter, «1 раз в месяц» a slot a month. A period that the days cut short has as many
    slots as are left of it, at least one. Many lines of a plan have the same term, so each is worked out once.
    """
    if starts is None or ends is None:
        return ()
    if period is None:
        return (Slot(starts, ends),)
    found: list[Slot] = []
    first = _first_month(starts, MONTHS[period])
    while first <= ends:
        bounds = [_share(first, MONTHS[period], number, times) for number in range(times + 1)]
        parts = [Slot(max(a, starts), min(b - timedelta(days=1), ends)) for a, b in pairwise(bounds)]
        found += [part for part in parts if part.starts <= part.ends]
        first = bounds[-1]
    return tuple(found)


def _first_month(day: date, months: int) -> date:
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _share(first: date, months: int, number: int, times: int) -> date:
    """The first day of the period's share of this number: whole months where they can be divided, else days."""
    after = _later(first, months)
    if months % times == 0:
        return _later(first, months // times * number)
    return first + (after - first) * number // times


def _later(first: date, months: int) -> date:
    month = first.month - 1 + months
    return date(first.year + month // YEAR, month % YEAR + 1, 1)


def outside(starts: date | None, ends: date | None, first: date | None, last: date | None) -> bool:
    """Tells whether a line's days lie outside of its section's, as the source has it: such a one is never overdue."""
    if starts is None or ends is None or first is None or last is None:
        return False
    return starts < first or ends > last


def state(due: Sequence[Slot], done: set[int], *, today: date, over: bool, strict: bool = True) -> LineState:
    """Returns how a line stands: `done` are the fulfilled slots, `over` that its plan has ended.

    Where `strict` is not wanted (days outside of the section) what passed is only not noted.
    """
    if not due:
        return LineState.DONE if done else LineState.NO_TERM
    open_slots = [slot for number, slot in enumerate(due) if number not in done]
    if not open_slots:
        return LineState.DONE
    if any(slot.ends < today for slot in open_slots):
        return LineState.UNMARKED if over or not strict else LineState.OVERDUE
    return LineState.NOW if any(slot.starts <= today for slot in open_slots) else LineState.AHEAD


def next_slot(due: Sequence[Slot], done: set[int]) -> int | None:
    """Returns the first slot that is not fulfilled, or nothing where all are. A line without days has one."""
    return next((number for number in range(max(len(due), 1)) if number not in done), None)


def slot_of(due: Sequence[Slot], done: set[int], day: date) -> int | None:
    """Returns the open slot that a day falls into, else the first open one; nothing where all are done."""
    own = (n for n, slot in enumerate(due) if n not in done and slot.starts <= day <= slot.ends)
    return next(own, next_slot(due, done))


def reminder(due: Sequence[Slot], done: set[int], *, today: date) -> tuple[int, date] | None:
    """Returns the next open slot that is still to end and the day when to remind of it; nothing where none is.

    A slot that comes back is not told of before it begins, for until then the one before it goes on; a single one is.
    """
    for number, slot in enumerate(due):
        if number not in done and slot.ends >= today:
            day = slot.ends - LEAD
            return number, day if len(due) == 1 else max(day, slot.starts)
    return None


def told_by(slot: Slot, *, today: date, until: date) -> date:
    """Returns the day up to which reminders of a slot are due today: `until` is the last of the days off that follow.

    Of what ends while nobody may be spoken to one is reminded before: afterwards it is too late.
    """
    return until if slot.ends <= until else today


def quarter(code: str) -> tuple[date, date] | None:
    """Returns the first and the last day of a quarter written as `2021-3`; nothing for anything else."""
    year, _, number = code.partition("-")
    if not (
        year.isascii()
        and year.isdecimal()
        and len(year) == YEAR_DIGITS
        and number in ("1", "2", "3", "4")
        and year >= "1900"
    ):
        return None
    first = date(int(year), int(number) * 3 - 2, 1)
    return first, _later(first, 3) - timedelta(days=1)
