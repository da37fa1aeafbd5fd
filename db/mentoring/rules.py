"""Says when a mentor and a mentee may meet, who fits whom, how a typed date is read, which status may follow which."""

import enum
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from db.diary.rules import next_month
from db.dictionaries.rules import Rules, is_holiday
from db.errors import DomainError, StaleError
from db.mentoring.models import MeetingStatus, PairStatus
from db.transitions import Transitions

FARTHEST = timedelta(days=365)
DAY_BEFORE = timedelta(days=1)
ASK_AFTER = timedelta(hours=1)
LASTS = timedelta(hours=1)
"""How long a meeting is: nobody is asked for its end."""
ASK_WITHIN = timedelta(days=7)  # later a mentor does not remember, and the silence reminder comes anyway
LOGGED_WITHIN = timedelta(days=60)  # a meeting of longer ago than that is not remembered by its day
NOTE_LENGTH = 2000
ABOUT_LENGTH = 500  # of what a mentee would like to talk about

NUDGE_AFTER = timedelta(days=14)  # the first, gentle one; the second is the region's rule
GOALS_LENGTH = 1000

SERIES_WEEKS = (1, 2)
"""A series comes back every week or every second one."""

HOLDING = (PairStatus.PROPOSED, PairStatus.ACTIVE, PairStatus.PAUSED)
"""In these a pair holds one of the mentor's places."""
WORKING = (PairStatus.ACTIVE, PairStatus.PAUSED)
"""In these the two see their pair; only an active one plans anything."""

PAIR = Transitions(
    {
        PairStatus.PROPOSED: [PairStatus.ACTIVE, PairStatus.DECLINED, PairStatus.BROKEN_OFF],
        PairStatus.DECLINED: [],
        PairStatus.ACTIVE: [PairStatus.PAUSED, PairStatus.FINISHED, PairStatus.BROKEN_OFF],
        PairStatus.PAUSED: [PairStatus.ACTIVE, PairStatus.FINISHED, PairStatus.BROKEN_OFF],
        PairStatus.FINISHED: [],
        PairStatus.BROKEN_OFF: [],
    },
    refusal="mentoring_pair_moved",
)
MEETING = Transitions(
    {
        MeetingStatus.PLANNED: [MeetingStatus.HELD, MeetingStatus.CANCELLED],
        # A wrong tap about what became of it may be put right, both ways.
        MeetingStatus.HELD: [MeetingStatus.CANCELLED],
        MeetingStatus.CANCELLED: [MeetingStatus.HELD],
    },
    refusal="mentoring_meeting_over",
)


class Fit(enum.StrEnum):
    """Why a mentor fits a teacher, the weightier the earlier."""

    NAMED = "named"
    OPENED = "opened"
    SUBJECT = "subject"
    NEAR = "near"


WEIGHTS = {Fit.NAMED: 8, Fit.OPENED: 4, Fit.SUBJECT: 2, Fit.NEAR: 1}


@dataclass(frozen=True, slots=True)
class FitReason:
    """One reason; `component` is the code of what both have opened, where it is about one."""

    kind: Fit
    component: str = ""


def fits(
    strengths: Collection[str], *, named: str | None, opened: Collection[str], subject: bool, near: bool
) -> tuple[FitReason, ...]:
    """Returns why a mentor with these strengths fits: what the teacher named, then what they opened to methodists.

    `subject` says that both teach the same, `near` that both work in one municipality. Nothing else is ever asked.
    """
    found = [FitReason(Fit.NAMED, named)] if named is not None and named in strengths else []
    found += [FitReason(Fit.OPENED, code) for code in opened if code in strengths and code != named]
    found += [FitReason(kind) for kind, true in ((Fit.SUBJECT, subject), (Fit.NEAR, near)) if true]
    return tuple(found)


_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.:/-]\d+)*")
_CLOCK = re.compile(r"(\d{1,2})[:.-](\d{2})")
_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})(?:[./-](\d{4}|\d{2}))?")
_YEAR_FIRST = re.compile(r"(\d{4})[./-](\d{1,2})[./-](\d{1,2})")
_EARLY = range(1, 8)
"""Hours that people write for the afternoon as well; with a zero before it, or «in the morning», an hour is clear."""


@dataclass(slots=True)
class _Read:
    """What has been understood so far."""

    day: date | None = None
    clock: time | None = None
    half: int | None = None
    dotted: bool = False
    early: bool = False


def read_moment(text: str, *, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment somebody typed: «завтра 15:00», «12.10 в 14:30», «пт 9.30», «3 марта в 7 вечера», "fri 3 pm".

    A day and month without a year mean the next such date. Raises DomainError `mentoring_date_unclear` with `text`, and
    `mentoring_hour_unclear` where it may be night or afternoon.
    """
    unclear = DomainError("mentoring_date_unclear", text=text[:60])
    today = now.astimezone(zone).date()
    try:
        read = _read(text, today)
    except ValueError:
        raise unclear from None
    if read is None or read.day is None or read.clock is None:
        raise unclear
    clock = read.clock
    if read.half is None and read.early:
        raise DomainError("mentoring_hour_unclear", text=text[:60], late=f"{clock.hour + 12}:{clock.minute:02}")
    if read.half is not None and clock.hour <= 12:
        clock = clock.replace(hour=clock.hour % 12 + read.half)
    return datetime.combine(read.day, clock, zone)


def check_moment(at: datetime, *, now: datetime) -> None:
    """Raises DomainError `mentoring_past` or `mentoring_far` for a moment that can't be planned."""
    if at <= now:
        raise DomainError("mentoring_past")
    if at > now + FARTHEST:
        raise DomainError("mentoring_far")


def series_days(first: date, *, weeks: int, until: date, rules: Rules) -> Iterator[date]:
    """Yields the days of a series after its first: every so many weeks until a day, holidays left out."""
    day = first + timedelta(weeks=weeks)
    while day <= until:
        if not is_holiday(day, rules.holidays):
            yield day
        day += timedelta(weeks=weeks)


def check_series(first: date, *, weeks: int, until: date, today: date) -> None:
    """Raises DomainError `mentoring_series_end` for a day before the second time, `mentoring_far`, StaleError."""
    if weeks not in SERIES_WEEKS:
        raise StaleError
    if until < first + timedelta(weeks=weeks):
        raise DomainError("mentoring_series_end")
    if until > today + FARTHEST:
        raise DomainError("mentoring_far")


def series_ends(first: date, *, weeks: int) -> list[date]:
    """Returns the last days that one may choose by a button: of three months and of the school year."""
    soonest = first + timedelta(weeks=weeks)
    ends: list[date] = []
    month = first
    while len(ends) < 3:
        month = next_month(month)
        if (last := month - timedelta(days=1)) >= soonest:
            ends.append(last)
    year_end = date(ends[0].year + (ends[0].month > 5), 5, 31)
    return ends if year_end <= ends[-1] else [*ends, year_end]


def read_series(text: str, *, now: datetime, zone: ZoneInfo) -> tuple[datetime, date, int] | None:
    """The row of meetings that somebody typed: the first moment, the last day, the weeks between; none for one meeting.

    «каждый вторник в 15:00 до 31 мая», "every tue 15:00 until 31 may". Raises as `read_moment`, DomainError
    `mentoring_series_end` where the last day is left out.
    """
    known = _words()
    words = text.casefold().split()
    if not words or not words[0].startswith(tuple(known["every"])):
        return None
    cut = next((place for place, word in enumerate(words) if word in known["until"]), None)
    if cut is None:
        raise DomainError("mentoring_series_end")
    weeks = 2 if words[1] in known["second"] else 1
    at = read_moment(" ".join(words[weeks:cut]), now=now, zone=zone)
    return at, read_day(" ".join(words[cut + 1 :]), now=now, zone=zone), weeks


def read_day(text: str, *, now: datetime, zone: ZoneInfo) -> date:
    """The day that somebody typed without an hour, «31 мая». Raises DomainError `mentoring_date_unclear`."""
    return read_moment(f"{text} 12:00", now=now, zone=zone).date()


def is_silent(last_contact_at: datetime, *, rules: Rules, now: datetime) -> bool:
    """Whether a pair has not met for as long as the region's rule allows (30 days)."""
    return last_contact_at <= now - timedelta(days=rules.mentoring_silence_days)


def _read(text: str, today: date) -> _Read | None:
    words = _TOKEN.findall(_ordinal().sub(r"\1", text.casefold().replace("ё", "е")))
    read = _Read()
    position = 0
    while position < len(words):
        word = words[position]
        following = words[position + 1] if position + 1 < len(words) else ""
        if word[0].isdigit():
            month = _starting(_words()["months"], following)
            if month is not None and read.day is None:
                year = words[position + 2] if position + 2 < len(words) else ""
                has_year = len(year) == 4 and year.isdecimal()
                read.day = _dated(int(word), month, int(year) if has_year else None, today)
                position += 3 if has_year else 2
                continue
            if not _number(word, read, today):
                return None
        elif not _word(word, read, today):
            return None
        position += 1
    return read


def _number(word: str, read: _Read, today: date) -> bool:
    dated, clocked = _DATE.fullmatch(word), _CLOCK.fullmatch(word)
    if (year_first := _YEAR_FIRST.fullmatch(word)) and read.day is None:
        read.day = date(*map(int, year_first.groups()))
        return True
    # «9.30» after a day is a time, «12.10» before one is a date; a colon is always a time.
    if dated and read.day is None:
        year = int(dated[3]) if dated[3] else None
        if year is not None and year < 100:
            year += 2000
        read.day = _dated(int(dated[1]), int(dated[2]), year, today)
        read.dotted = year is None
        return True
    if read.clock is not None:
        return False
    if clocked:
        if read.dotted and ":" not in word and 1 <= int(clocked[2]) <= 12:
            return False  # «9.10 12.12»: which of them is the day?
        read.clock = time(int(clocked[1]), int(clocked[2]))
    elif word.isdecimal() and len(word) <= 2:
        read.clock = time(int(word))
    else:
        return False
    read.early = read.clock.hour in _EARLY and not word.startswith("0")
    return True


def _word(word: str, read: _Read, today: date) -> bool:
    known = _words()
    if word in known["days"]:
        read.day = today + timedelta(days=known["days"][word])
    elif word in known["afternoon"]:
        read.half = 12
    elif word in known["morning"]:
        read.half = 0
    elif word not in known["filler"]:
        weekday = _starting(known["weekdays"], word)
        if weekday is None or read.day is not None:
            return False
        # The weekday of today means the one in a week: today has a word of its own.
        read.day = today + timedelta(days=(weekday - today.isoweekday() - 1) % 7 + 1)
    return True


def _dated(day: int, month: int, year: int | None, today: date) -> date:
    if year is not None:
        return date(year, month, day)
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)


def _starting(known: dict[str, int], word: str) -> int | None:
    return next((value for start, value in known.items() if word.startswith(start)), None)


@cache
def _ordinal() -> re.Pattern[str]:
    return re.compile(rf"(\d)-?(?:{'|'.join(_words()['ordinal'])})\b")


@cache
def _words() -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("dates.yaml").read_text(encoding="utf-8"))
    return data
