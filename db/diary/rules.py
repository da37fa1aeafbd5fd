"""Says how long a line of a diary is, how far back it may lie and which days a month has. No Session here."""

from datetime import date, timedelta

LONGEST = 300
"""A line that is said in one breath."""
MOST_A_DAY = 30
"""Lines by hand of one person."""
OLDEST = timedelta(days=366)
"""How long ago a line by hand may be of."""


FIRST_MONTH = 9
"""Of a school year."""


def school_year(day: date) -> int:
    """Returns the year in which the day's school year begins."""
    return day.year - (day.month < FIRST_MONTH)


def whole_years(since: date | None, until: date | None) -> tuple[date, date] | None:
    """Returns the first day of the first whole school year in a period and the day after its last; none without one.

    A period lasts from a day to the day before another; without an end it lasts for ever, as one without a start does.
    """
    first, last = date.min, date.max
    if since is not None:
        first = date(school_year(since - timedelta(days=1)) + 1, FIRST_MONTH, 1)
    if until is not None:
        last = date(school_year(until), FIRST_MONTH, 1)
    return (first, last) if first < last else None


def month_of(day: date) -> date:
    """Returns the first day of the month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """Returns the first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def month_before(month: date) -> date:
    """Returns the first day of the month before."""
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)


def writable(day: date, *, today: date) -> bool:
    """Tells whether a line by hand may be of this day."""
    return today - OLDEST <= day <= today
