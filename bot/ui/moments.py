"""Moments as people read them: in the region's zone, with its label."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from markupsafe import Markup

from locales import Texts

MOSCOW = ZoneInfo("Europe/Moscow")


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
    """«пн, 23 ноября, 15:00–16:30 (МСК+2)»; over several days both dates."""
    begins, ends = starts_at.astimezone(zone), ends_at.astimezone(zone)
    until = f"{ends:%H:%M}" if begins.date() == ends.date() else f"{day(t, ends_at, zone)}, {ends:%H:%M}"
    return t(
        "events.span",
        day=day(t, starts_at, zone),
        begins=f"{begins:%H:%M}",
        ends=until,
        zone=label(t, starts_at, zone),
    )


def point(t: Texts, moment: datetime, zone: ZoneInfo, *, now: datetime | None = None) -> Markup:
    """«18:00, пн, 23 ноября (МСК+2)»; without the date when it is today."""
    local = moment.astimezone(zone)
    today = now is not None and now.astimezone(zone).date() == local.date()
    text = f"{local:%H:%M}" if today else t.plain("events.point", hour=f"{local:%H:%M}", day=day(t, moment, zone))
    return t("events.point.zone", point=text, zone=label(t, moment, zone))


def day(t: Texts, moment: datetime, zone: ZoneInfo) -> str:
    """«пн, 23 ноября»."""
    return format_date(moment.astimezone(zone).date(), t.plain("events.day.pattern"), locale=t.formats)


def short_day(t: Texts, moment: datetime, zone: ZoneInfo) -> str:
    """«23 нояб», for a button."""
    return format_date(moment.astimezone(zone).date(), t.plain("events.short_day.pattern"), locale=t.formats).replace(
        ".", ""
    )


def month_name(t: Texts, month: date, *, year: bool = False) -> str:
    """«ноябрь», with the year where it is asked for."""
    return format_date(month, "LLLL y" if year else "LLLL", locale=t.formats)


def long_date(t: Texts, on: date) -> str:
    """«23 ноября 2026 г.»."""
    return format_date(on, "long", locale=t.formats)


def full_date(t: Texts, moment: datetime, zone: ZoneInfo) -> str:
    """«23 ноября 2026 г.», for a document."""
    return long_date(t, moment.astimezone(zone).date())
