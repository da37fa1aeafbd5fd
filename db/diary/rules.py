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


def begins_school_year(day: date) -> bool:
    """Tells whether the day is the first of a school year."""
    return (day.month, day.day) == (FIRST_MONTH, 1)


def month_of(day: date) -> date:
    """Returns the first day of the month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """Returns the first day of the month after."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def month_before(month: date) -> date:
    """Returns the first day of the month before."""
    return (month - timedelta(days=1)).replace(day=1)


def writable(day: date, *, today: date) -> bool:
    """Tells whether a line by hand may be of this day."""
    return today - OLDEST <= day <= today
