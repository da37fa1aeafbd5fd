"""Moments as people read them: in the region's zone, with its label."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import dates
from markupsafe import Markup

from db.errors import StaleError
from locales import Texts

MOSCOW = ZoneInfo("Europe/Moscow")
HOURS = (time(9), time(10), time(12), time(13), time(14), time(15), time(16), time(18))
"""When people meet: the hours that a meeting is offered at."""
MINUTES = 24 * 60  # of a day
PERIOD = timedelta(days=14)
"""What lasts longer is a period, such as a year's group: its hours say nothing, its years do."""
DAYS = range(date(2000, 1, 1).toordinal(), date(2200, 1, 1).toordinal())
"""Of which buttons speak: a day of every such month has a month before it, one after it, and hours in every zone."""


@lru_cache(maxsize=2048)
def format_date(on: date, pattern: str, locale: str) -> str:
    """Returns a date as Babel writes it: a screen has the same few again and again, each is 30 µs."""
    return dates.format_date(on, pattern, locale=locale)


def label(t: Texts, moment: datetime, zone: ZoneInfo) -> str:
    """The zone as people in Russia write it: hours from Moscow."""
    ours, moscow = (moment.astimezone(one).utcoffset() or timedelta() for one in (zone, MOSCOW))
    minutes = int((ours - moscow).total_seconds()) // 60
    if not minutes:
        return t.plain("events.zone.moscow")
    hours, rest = divmod(abs(minutes), 60)
    offset = f"{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02}" if rest else "")
    return t.plain("events.zone", offset=offset)


def span(t: Texts, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> Markup:
    """«пн, 23 ноября, 15:00–16:30 (МСК+2)»; over several days both dates, of a PERIOD only dates with their years."""
    if is_period(starts_at, ends_at):
        return t("events.span.period", first=full_date(t, starts_at, zone), last=full_date(t, ends_at, zone))
    begins, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    until = f"{ends:%H:%M}" if begins.date() == ends.date() else f"{day(t, ends_at, zone)}, {ends:%H:%M}"
    return t(
        "events.span",
        day=day(t, starts_at, zone),
        begins=f"{begins:%H:%M}",
        ends=until,
        zone=label(t, starts_at, zone),
    )


def is_period(starts_at: datetime, ends_at: datetime) -> bool:
    """Whether something lasts so long that nobody asks for its hours."""
    return ends_at - starts_at > PERIOD


def point(t: Texts, moment: datetime, zone: ZoneInfo, *, now: datetime | None = None) -> Markup:
    """«18:00, пн, 23 ноября (МСК+2)»; without the date when it is today."""
    local = moment.astimezone(zone)
    today = now is not None and now.astimezone(zone).date() == local.date()
    text = f"{local:%H:%M}" if today else t.plain("events.point", hour=f"{local:%H:%M}", day=day(t, moment, zone))
    return t("events.point.zone", point=text, zone=label(t, moment, zone))


def day(t: Texts, moment: datetime, zone: ZoneInfo) -> str:
    """«пн, 23 ноября»."""
    return weekday(t, moment.astimezone(zone).date())


def weekday(t: Texts, on: date) -> str:
    """The same of a local day."""
    return format_date(on, t.plain("events.day.pattern"), t.formats)


def short_day(t: Texts, moment: datetime, zone: ZoneInfo) -> str:
    """«23 нояб», for a button."""
    day = format_date(moment.astimezone(zone).date(), t.plain("events.short_day.pattern"), t.formats)
    return day.replace(".", "")


def month_name(t: Texts, month: date, *, year: bool = False) -> str:
    """«ноябрь», with the year where it is asked for."""
    return format_date(month, "LLLL y" if year else "LLLL", t.formats)


def long_date(t: Texts, on: date) -> str:
    """«23 ноября 2026 г.»."""
    return format_date(on, "long", t.formats)


def full_date(t: Texts, moment: datetime, zone: ZoneInfo) -> str:
    """«23 ноября 2026 г.», for a document."""
    return long_date(t, moment.astimezone(zone).date())


def day_of_button(ordinal: int) -> date:
    """Returns the day that a button carries as `date.toordinal`. Raises StaleError for none of DAYS."""
    if ordinal not in DAYS:
        raise StaleError
    return date.fromordinal(ordinal)


def free_hours(on: date, *, now: datetime, zone: ZoneInfo) -> list[time]:
    """Returns those HOURS of a day that are still ahead."""
    return [clock for clock in HOURS if datetime.combine(on, clock, zone) > now]


def moment_of_button(ordinal: int, minute: int, zone: ZoneInfo) -> datetime:
    """Returns the moment that a button carries as a day and a minute of it. Raises StaleError."""
    if not 0 <= minute < MINUTES:
        raise StaleError
    return datetime.combine(day_of_button(ordinal), time(minute // 60, minute % 60), zone)
