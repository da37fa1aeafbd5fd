"""Says until when a request is answered, in working hours, and which words may pass between two strangers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from db.dictionaries.rules import Rules, is_holiday
from db.requests.models import RequestStatus
from db.transitions import Transitions

TEXT = 2000  # of a question or an answer
FILES = 5  # of one person in one request
QUOTED = 350  # of what a notice repeats; all of it stands on the request's page
HIDDEN = "•••"
FARTHEST = 400
"""In days: a calendar without a working minute in so many days has none at all."""

REQUEST = Transitions(
    {
        RequestStatus.DRAFT: [RequestStatus.WAITING, RequestStatus.ASSIGNED],
        RequestStatus.WAITING: [RequestStatus.ASSIGNED, RequestStatus.ANSWERED, RequestStatus.CLOSED],
        RequestStatus.ASSIGNED: [RequestStatus.WAITING, RequestStatus.ANSWERED, RequestStatus.CLOSED],
        # The asker writes on, or would like somebody else.
        RequestStatus.ANSWERED: [RequestStatus.WAITING, RequestStatus.ASSIGNED, RequestStatus.CLOSED],
        RequestStatus.CLOSED: [],
    },
    refusal="requests_over",
)
AWAITED = (RequestStatus.WAITING, RequestStatus.ASSIGNED)
"""An answer is awaited."""
OPEN = (*AWAITED, RequestStatus.ANSWERED)

_ACCOUNT = re.compile(
    r"(?:https?://)?(?:www\.|m\.)?(?:t\.me|telegram\.me|wa\.me|vk\.com|vk\.me|vk\.ru|ok\.ru|max\.ru|instagram\.com)/\S+"
    r"|(?:tg|viber|whatsapp|tel):\S+|[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|(?<!\w)@\w{4,}",
    re.IGNORECASE,
)
_APART = r"[\s()\-\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}]*"
_DOTTED = _APART.replace("()", "().")
_PHONE = re.compile(
    rf"(?<![\d+])(?:\+?[78](?:{_APART}\d){{10}}"  # of this country
    rf"|\+[1-9](?:{_APART}\d){{9,13}}"  # of another one
    # A mobile one in its groups, such as without the country's digit; dots alone would be days.
    rf"|(?:\+?[78]{_DOTTED})?\(?9\d\d{_DOTTED}\d{{3}}{_DOTTED}\d\d{_DOTTED}\d\d)(?!\d)"
)


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Working hours of a place: local times, lunch, ISO weekdays off, holidays (`MM-DD` or `YYYY-MM-DD`)."""

    zone: ZoneInfo
    begins: time
    lunch: time
    lunch_ends: time
    ends: time
    days_off: frozenset[int]
    holidays: frozenset[str]

    @classmethod
    def of(cls, rules: Rules, zone: ZoneInfo) -> Self:
        """Returns the region's calendar."""
        clock = time.fromisoformat
        hours = (clock(rules.work_from), clock(rules.lunch_from), clock(rules.lunch_to), clock(rules.work_to))
        return cls(zone, *hours, frozenset(rules.days_off), frozenset(rules.holidays))

    def works(self, day: date) -> bool:
        """Whether people work on a local day at all."""
        return not is_holiday(day, self.holidays) and day.isoweekday() not in self.days_off

    def spans(self, after: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yields the working spans that end after a moment, in UTC, one by one."""
        first = after.astimezone(self.zone).date()
        for number in range(FARTHEST):
            day = first + timedelta(days=number)
            if not self.works(day):
                continue
            for begins, ends in ((self.begins, self.lunch), (self.lunch_ends, self.ends)):
                span = tuple(datetime.combine(day, one, self.zone).astimezone(UTC) for one in (begins, ends))
                if span[0] < span[1] and span[1] > after:
                    yield span[0], span[1]


def due(asked_at: datetime, hours: int, calendar: WorkCalendar) -> datetime:
    """Returns the moment (UTC) when so many working hours have passed since then.

    A calendar without working time counts plain hours.
    """
    left, asked = timedelta(hours=hours), asked_at.astimezone(UTC)
    for begins, ends in calendar.spans(asked):
        begins = max(begins, asked)
        if ends - begins >= left:
            return begins + left
        left -= ends - begins
    return asked + timedelta(hours=hours)


def without_accounts(text: str) -> str:
    """Hides phone numbers, mail and accounts of messengers: the two talk through the bot alone."""
    return _PHONE.sub(HIDDEN, _ACCOUNT.sub(HIDDEN, text))
