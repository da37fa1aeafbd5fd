"""Days of a school year, and the terms that a head chooses in the bot by one tap: pure."""

from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from db.diary.rules import FIRST_MONTH, next_month
from db.plans.models import Period
from db.plans.rules import Slot, slots
from db.plans.terms import Reading, read_term

MONTHS = (9, 10, 11, 12, 1, 2, 3, 4, 5)
"""Of lessons, in their order."""
LAST_MONTH = MONTHS[-1]
TEXT_LENGTH, TERM_LENGTH, WORD_LENGTH, LEAST = 500, 100, 1000, 3
MOST_TIMES = 12
MOST_LINES = 60
"""Lines of one group's year."""
OFTEN = {"month": (Period.MONTH, 1), "quarter": (Period.QUARTER, 1), "year2": (Period.YEAR, 2), "year": (None, 1)}
"""Terms that are no month, by the code that a button carries."""


def bounds(year: int) -> tuple[date, date]:
    """Returns the first and the last day of the school year that begins in a year, the summer after it included."""
    return date(year, FIRST_MONTH, 1), date(year + 1, FIRST_MONTH, 1) - timedelta(days=1)


def term_of(code: str, year: int, *, today: date) -> Reading | None:
    """Returns the days of a term's code: a month of lessons by its number, or one of OFTEN; nothing for another.

    What recurs begins with the month of today where the year has begun already: what was before is nobody's debt.
    """
    first, last = bounds(year)
    if code.isdecimal() and int(code) in MONTHS:
        month = int(code)
        starts = date(year if month >= FIRST_MONTH else year + 1, month, 1)
        return Reading(starts, next_month(starts) - timedelta(days=1))
    if code not in OFTEN:
        return None
    period, times = OFTEN[code]
    ends = date(year + 1, LAST_MONTH, 31)
    starts = max(first, today.replace(day=1))
    return Reading(starts, ends if starts <= ends else last, period, times)


def read(words: str, year: int) -> Reading | None:
    """Returns what a term's words say in the school year that begins in a year; nothing where that is not sure.

    «В течение года» and «1 раз в месяц» are of the months of lessons; a month or a day of summer may be named.
    """
    first, last = bounds(year)
    found = read_term(words, (first, date(year + 1, LAST_MONTH, 31))) or read_term(words, (first, last))
    return found if found is not None and first <= found.starts and found.ends <= last else None


@lru_cache(maxsize=1024)
def due(starts: date | None, ends: date | None, period: Period | None, times: int) -> tuple[Slot, ...]:
    """Returns the due slots of a line, as a plan's; «2 раза в год» are two of its own days, not of a calendar year."""
    if period is not Period.YEAR or starts is None or ends is None:
        return slots(starts, ends, period, times)
    days = (ends - starts).days + 1
    edges = [starts + timedelta(days=days * number // times) for number in range(times + 1)]
    parts = [Slot(one, after - timedelta(days=1)) for one, after in pairwise(edges)]
    return tuple(part for part in parts if part.starts <= part.ends)


def count(starts: date | None, ends: date | None, period: Period | None, times: int) -> int:
    """Returns how many times a line is to be fulfilled."""
    return max(len(due(starts, ends, period, times)), 1)
