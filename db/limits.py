"""What a database can be asked for at all: anybody may send any number, day and sign."""

from datetime import date, time

LARGEST = 2**31 - 1
"""What a whole number of the database holds; nothing of ours has a larger one, or one below zero."""

YEARS = range(2000, 2101)
"""Days that anybody may ask for, those of events too, are within these: far beyond a day in UTC may not exist."""


def day_of(text: str) -> date | None:
    """The day that a text is, as `2026-11-28`, if it is within YEARS."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def clock_of(text: str) -> time | None:
    """The time of the day that a text is, as `15:30`."""
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None


def storable(value: object) -> bool:
    """Whether a database can be asked for this value."""
    if isinstance(value, str):
        return "\x00" not in value
    return not isinstance(value, int) or 0 <= value <= LARGEST


def whole(text: str) -> int | None:
    """The number that a text is, if a database can be asked for it."""
    value = int(text) if text.isdecimal() and len(text) <= len(str(LARGEST)) else -1
    return value if storable(value) else None
