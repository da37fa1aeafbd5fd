"""Counts when offers, reminders and certificates are due, and which status follows which.

No Session here; moments are UTC, hours are local.
"""

import re
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from db.caller import Caller
from db.dictionaries.rules import Rules
from db.events.models import EventStatus, RegistrationStatus
from db.notices.rules import TWO_HOURS, at_night, hours_before
from db.texts import latin
from db.transitions import Transitions

CHECK_IN_BEFORE = timedelta(hours=1)
CHECK_IN_AFTER = timedelta(hours=2)
DAY = timedelta(days=1)
DAY_REMINDER_UNTIL = timedelta(hours=3)
HOURS_REMINDER_UNTIL = timedelta(minutes=15)
FEEDBACK_ASKED_FOR = timedelta(days=7)
STEP_MINUTES = 15
COMMENT_LIMIT = 1000
COMING = timedelta(days=30)
LONGEST = timedelta(days=366)  # an event that began longer ago is over
# Without what is easily mistaken for something else in print: 0 O, 1 I L.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LINK = re.compile(r"(https?)://([^\s/?#]+\S*)", re.IGNORECASE)

HOLDING = frozenset({RegistrationStatus.SEATED, RegistrationStatus.OFFERED})
ACTIVE = HOLDING | {RegistrationStatus.WAITING}

EVENT = Transitions(
    {
        EventStatus.DRAFT: [EventStatus.PUBLISHED],
        EventStatus.PUBLISHED: [EventStatus.CANCELLED],
        EventStatus.CANCELLED: [],
    }
)
REGISTRATION = Transitions(
    {
        RegistrationStatus.WAITING: [
            RegistrationStatus.OFFERED,
            RegistrationStatus.SEATED,
            RegistrationStatus.CANCELLED,
        ],
        RegistrationStatus.OFFERED: [RegistrationStatus.SEATED, RegistrationStatus.CANCELLED],
        RegistrationStatus.SEATED: [RegistrationStatus.CANCELLED],
        RegistrationStatus.CANCELLED: [RegistrationStatus.SEATED, RegistrationStatus.WAITING],
    }
)


def may_attend(*, open_to_all: bool, event_municipality: int | None, person_municipality: int | None) -> bool:
    """Whether somebody may register: events of a municipality may be kept for its own people."""
    return open_to_all or event_municipality is None or event_municipality == person_municipality


def offer_until(now: datetime, *, starts_at: datetime, rules: Rules, zone: ZoneInfo) -> datetime:
    """Until when an offered seat is held: `offer_hours` of waking time, rounded up to a quarter of an hour.

    Only waking hours count, so an offer made at 21:30 does not run out while the person sleeps; never past the
    event's start.
    """
    left = timedelta(hours=rules.offer_hours)
    for opens, closes in _waking(now, rules, zone):
        begins = max(now, opens)
        if begins + left <= closes:
            return min(_quarter(begins + left, zone), starts_at)
        if begins < closes:
            left -= closes - begins
        if closes >= starts_at:
            break
    return starts_at


def told_at(now: datetime, *, starts_at: datetime, rules: Rules, zone: ZoneInfo) -> datetime:
    """When to tell of an offered seat: at once, but at night in the morning, unless the event is then too near."""
    local = now.astimezone(zone)
    if not at_night(local.time(), rules):
        return now
    ends = time.fromisoformat(rules.quiet_to)
    morning = _at(local.date() if local.time() < ends else local.date() + DAY, ends, zone)
    return morning if starts_at - morning >= TWO_HOURS * 2 else now


def day_before(starts_at: datetime, *, rules: Rules, zone: ZoneInfo) -> datetime:
    """The moment of the first reminder: a day before, moved into that day's waking hours."""
    local = (starts_at - DAY).astimezone(zone)
    earliest = _at(local.date(), time.fromisoformat(rules.waking_from), zone)
    latest = _at(local.date(), time.fromisoformat(rules.waking_to), zone)
    return max(earliest, min(starts_at - DAY, latest))


def reminders_ahead(starts_at: datetime, caller: Caller, *, rules: Rules) -> tuple[bool, bool]:
    """Whether the reminders of a day and of some hours before are still to come."""
    day, hours = (before(starts_at, rules=rules, zone=caller.zone) for before in (day_before, hours_before))
    return caller.now < day, caller.now < hours


def shown_days(
    first_day: date | None, following: datetime | None, caller: Caller
) -> tuple[date | None, datetime, datetime]:
    """What a page of the calendar shows: its month and the moments between which events begin.

    Without a month it shows the coming days, or the month of the following event where these have none.
    """
    today = caller.now.astimezone(caller.zone).date()
    begins, ends = today - LONGEST, today + COMING
    day = following and following.astimezone(caller.zone).date()
    if first_day is None and day and day >= ends:
        first_day = day.replace(day=1)
    if first_day is not None:
        begins, ends = first_day, (first_day + timedelta(days=31)).replace(day=1)
    return first_day, datetime.combine(begins, time(), caller.zone), datetime.combine(ends, time(), caller.zone)


def check_in_window(starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    """When the check-in link works: from an hour before the start to two hours after the end."""
    return starts_at - CHECK_IN_BEFORE, ends_at + CHECK_IN_AFTER


def link(text: str) -> str | None:
    """Returns a link to the web in its stored form; none where it leads nowhere."""
    found = _LINK.fullmatch(text.strip())
    return f"{found[1].lower()}://{found[2]}" if found else None


def certificate_number(issued: date) -> str:
    """A new number such as 2026-7F3K-9Q2M: almost 40 random bits, so that nobody finds others' by counting."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{issued.year}-{drawn[:4]}-{drawn[4:]}"


def tidy_number(typed: str) -> str:
    """A number as somebody typed it, with or without dashes, in any case and keyboard, in its stored form."""
    plain = "".join(sign for sign in latin(typed.upper()) if sign.isalnum())[:12]
    return "-".join(part for part in (plain[:4], plain[4:8], plain[8:]) if part)


def _waking(now: datetime, rules: Rules, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    opens, closes = time.fromisoformat(rules.waking_from), time.fromisoformat(rules.waking_to)
    day = now.astimezone(zone).date()
    for _ in range(366):
        yield _at(day, opens, zone), _at(day, closes, zone)
        day += DAY


def _at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    # Through UTC: differences between moments of one zone are otherwise wall-clock ones.
    return datetime.combine(day, hour, zone).astimezone(UTC)


def _quarter(moment: datetime, zone: ZoneInfo) -> datetime:
    local = moment.astimezone(zone)
    over = timedelta(minutes=local.minute % STEP_MINUTES, seconds=local.second, microseconds=local.microsecond)
    return moment + (timedelta(minutes=STEP_MINUTES) - over if over else timedelta())
