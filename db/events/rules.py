"""Says who is barred, when offers and reminders are due, which codes open the door, and which status follows which.

No Session here; moments are UTC, hours are local.
"""

import base64
import enum
import hashlib
import hmac
import re
import secrets
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from db.caller import Caller
from db.diary.rules import next_month
from db.dictionaries.models import Audience
from db.dictionaries.rules import Rules
from db.dictionaries.units import UnitLevel
from db.errors import DomainError
from db.events.models import EventStatus, RegistrationStatus
from db.notices.rules import TWO_HOURS, at_night, hours_before
from db.texts import latin
from db.transitions import Transitions

CHECK_IN_BEFORE = timedelta(hours=1)
CHECK_IN_AFTER = timedelta(hours=2)
CODE_TURNS = timedelta(seconds=30)
CODE_LIVES = timedelta(seconds=120)
"""From the moment that a code is shown first: who scans it in its last second still has a minute and a half."""
CODE_DIGITS = 6
MOST_TRIES, TRIES_WITHIN = 5, timedelta(minutes=1)
"""Of a million combinations five are alive: so a whole day at the door finds one of them by chance in 28."""
SENT_WITHIN = timedelta(hours=24)
"""How long a messenger keeps what it could not deliver: an older moment of sending is not believed."""
DAY = timedelta(days=1)
DAY_REMINDER_UNTIL = timedelta(hours=3)
HOURS_REMINDER_UNTIL = timedelta(minutes=15)
FEEDBACK_ASKED_FOR = timedelta(days=7)
MATERIALS_TOLD_FOR = timedelta(days=30)
RESULT_SETTLES = timedelta(minutes=10)
"""A result is told when it has stood for so long: a slip that was put right is told of once, as it is right."""
RESULT_TOLD_FOR = timedelta(days=30)
EPOCH, QUARTER = datetime(1970, 1, 1, tzinfo=UTC), timedelta(minutes=15)
COMMENT_LIMIT = 1000
QUESTION_LIMIT = 400
COMING = timedelta(days=30)
LONGEST = timedelta(days=366)  # an event that began longer ago is over
# Without what is easily mistaken for something else in print: 0 O, 1 I L.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE = re.compile(r"(\d{1,9})([-_])([A-Za-z0-9_-]{12})", re.ASCII)
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


class Every(enum.StrEnum):
    """How often an event of a series repeats."""

    WEEK = "week"
    MONTH = "month"


SERIES = range(2, 31)
MINIMUM_ASKED = timedelta(days=3)
"""How long before an event with too few people whoever runs it is asked what to do."""


class Barrier(enum.StrEnum):
    """For whom else an event is kept: why somebody may not register."""

    OWN = "own_only"
    NETWORK = "network_only"
    TEACHERS = "for_teacher"
    METHODISTS = "for_methodist"
    MANAGERS = "for_manager"


BARRED = {
    Audience.TEACHER: Barrier.TEACHERS,
    Audience.METHODIST: Barrier.METHODISTS,
    Audience.MANAGER: Barrier.MANAGERS,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody works and as what, as far as it says which events are for them.

    `in_network` is true of the service's own municipalities too.
    """

    municipality_id: int | None
    in_network: bool = True
    audience: Audience = Audience.TEACHER


def barrier(
    whose: Standing,
    *,
    open_to_all: bool,
    event_municipality: int | None,
    for_network: bool,
    meant_for: Audience | None,
) -> Barrier | None:
    """Why somebody may not register, if they may not: the place first, then the position."""
    own = whose.municipality_id is not None and whose.municipality_id == event_municipality
    if not open_to_all and not own:
        if for_network and not whose.in_network:
            return Barrier.NETWORK
        if not for_network and event_municipality is not None:
            return Barrier.OWN
    return BARRED[meant_for] if meant_for is not None and meant_for is not whose.audience else None


def refuse_barred(found: Barrier | None) -> None:
    """Says whom an event is kept for. Raises DomainError by the barrier."""
    match found:
        case Barrier.OWN:
            raise DomainError("event_own_only")
        case Barrier.NETWORK:
            raise DomainError("event_network_only")
        case Barrier.TEACHERS:
            raise DomainError("event_for_teacher")
        case Barrier.METHODISTS:
            raise DomainError("event_for_methodist")
        case Barrier.MANAGERS:
            raise DomainError("event_for_manager")


def refuse_over(unit: UnitLevel, *, quota: int, nobodys: bool = False) -> None:
    """Says that as many of one unit as may be are on the list. Raises DomainError by the unit, with `most`.

    Those who are of no unit have a refusal of their own: they are counted together.
    """
    if nobodys:
        raise DomainError("event_quota_nobodys", most=quota)
    match unit:
        case UnitLevel.ORGANISATION:
            raise DomainError("event_quota_organisation", most=quota)
        case UnitLevel.MUNICIPALITY:
            raise DomainError("event_quota_municipality", most=quota)
        case UnitLevel.CENTRE:
            raise DomainError("event_quota_centre", most=quota)


def offer_until(now: datetime, *, starts_at: datetime, rules: Rules, zone: ZoneInfo) -> datetime:
    """Until when an offered seat is held: `offer_hours` of waking time, rounded up to a quarter of an hour.

    Only waking hours count, so an offer made at 21:30 does not run out while the person sleeps; never past the
    event's start.
    """
    left = timedelta(hours=rules.offer_hours)
    for opens, closes in _waking(now, rules, zone):
        begins = max(now, opens)
        if begins + left <= closes:
            return min(_quarter(begins + left), starts_at)
        left -= max(closes - begins, timedelta())
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


def shown_days(first_day: date | None, today: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The moments between which events of a page of the calendar begin: of its month, or of the coming days."""
    begins, ends = today - LONGEST, today + COMING
    if first_day is not None:
        begins, ends = first_day, next_month(first_day)
    return datetime.combine(begins, time(), zone), datetime.combine(ends, time(), zone)


def repeats(
    starts_at: datetime, ends_at: datetime, *, every: Every, times: int, zone: ZoneInfo
) -> list[tuple[datetime, datetime]]:
    """Returns the moments of a series at the same local hour; a month without the day has its last one."""
    begins, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    return [(_later(begins, every, number), _later(ends, every, number)) for number in range(times)]


def _later(local: datetime, every: Every, times: int) -> datetime:
    if every is Every.WEEK:
        return (local + timedelta(weeks=times)).astimezone(UTC)
    year, month = divmod(local.year * 12 + local.month - 1 + times, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day).astimezone(UTC)


def check_in_window(starts_at: datetime, ends_at: datetime) -> tuple[datetime, datetime]:
    """When the check-in link works: from an hour before the start to two hours after the end."""
    return starts_at - CHECK_IN_BEFORE, ends_at + CHECK_IN_AFTER


@dataclass(frozen=True, slots=True)
class DoorCode:
    """One code of the hall: what the picture says after `ci_`, the digits below it, and until when they are shown."""

    token: str
    digits: str
    turns_at: datetime


@dataclass(frozen=True, slots=True)
class DoorToken:
    """What came behind `ci_`: whose event, the proof, and whether a newcomer has it `held` while making a profile."""

    event_id: int
    proof: str
    held: bool


def door_code(event_id: int, key: str, caller: Caller) -> DoorCode:
    """Returns the code that the hall's page shows now: another one every half minute, none to be guessed."""
    step = _step(caller.now)
    proof, digits = _proof(key, step)
    return DoorCode(f"{event_id}-{proof}", digits, datetime.fromtimestamp((step + 1) * _TURN, UTC))


def door_token(text: str) -> DoorToken | None:
    """Reads what a link `ci_` carries; none where it is none of ours, as the unchanging links of before are."""
    found = _CODE.fullmatch(text)
    return DoorToken(int(found[1]), found[3], found[2] == "_") if found else None


def lives(proof: str, key: str, moment: datetime) -> bool:
    """Tells whether a code, by its proof or its digits, was on the screen in the two minutes before the moment."""
    now = _step(moment)
    # The step ahead is for a clock of the messenger that is a little behind the panel's.
    shown = (_proof(key, step) for step in range(now - _ALIVE + 1, now + 2))
    return any(hmac.compare_digest(proof.encode(), one.encode()) for pair in shown for one in pair)


def held_token(event_id: int, key: str, *, platform: str, external_id: int) -> str:
    """Returns what a newcomer keeps of a living code while giving consent and a profile: good in that chat alone."""
    return f"{event_id}_{_sealed(key, f'{platform}:{external_id}')[0]}"


def is_held_by(proof: str, key: str, *, platform: str, external_id: int) -> bool:
    """Tells whether that is what this very newcomer was given."""
    return hmac.compare_digest(proof, _sealed(key, f"{platform}:{external_id}")[0])


def came_at(sent_at: datetime | None, caller: Caller) -> datetime:
    """Returns when somebody was at the door: when it was sent, not when a slow line or a busy bot got to it."""
    if sent_at is not None and caller.now - SENT_WITHIN <= sent_at <= caller.now:
        return sent_at
    return caller.now


_TURN = int(CODE_TURNS.total_seconds())
_ALIVE = int(CODE_LIVES / CODE_TURNS)


def _step(moment: datetime) -> int:
    return int(moment.timestamp()) // _TURN


def _proof(key: str, step: int) -> tuple[str, str]:
    return _sealed(key, str(step))


def _sealed(key: str, what: str) -> tuple[str, str]:
    drawn = hmac.digest(key.encode(), what.encode(), hashlib.sha256)
    digits = int.from_bytes(drawn[16:24]) % 10**CODE_DIGITS
    return base64.urlsafe_b64encode(drawn[:9]).decode(), f"{digits:0{CODE_DIGITS}}"


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
    while True:
        yield _at(day, opens, zone), _at(day, closes, zone)
        day += DAY


def _at(day: date, hour: time, zone: ZoneInfo) -> datetime:
    # Through UTC: differences between moments of one zone are otherwise wall-clock ones.
    return datetime.combine(day, hour, zone).astimezone(UTC)


def _quarter(moment: datetime) -> datetime:
    # Every zone is whole quarters of an hour away from UTC.
    return moment + (EPOCH - moment) % QUARTER
