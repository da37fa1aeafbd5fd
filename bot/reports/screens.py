"""The day's figures in words, and what their picture draws. Pure: texts and data in, a screen out."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from bot.diagnostics.screens_radar import Chart
from bot.ui.moments import label
from bot.ui.screens import Screen, menu_row, paragraphs, short
from db.overviews.summary import Summary
from db.overviews.today import Happening
from locales import Texts

TITLE = 60


def summary(t: Texts, found: Summary, zone: ZoneInfo) -> Screen:
    """What waits, what comes, where the need is greatest."""
    day = format_date(found.day, t.plain("reports.summary.day_format"), locale=t.formats)
    work = []
    if found.waiting is not None:
        work.append(t("reports.summary.applications", count=found.waiting, late=found.overdue))
    if found.requests is not None:
        work.append(t("reports.summary.requests", count=found.requests))
    events = [t("reports.summary.events"), *(_event(t, one, zone) for one in found.events)]
    text = paragraphs(
        t("reports.summary.title", day=day),
        "\n".join(work),
        "\n".join(events) if found.events else t("reports.summary.no_events"),
        _deficit(t, found),
    )
    return Screen(text, [menu_row(t)])


def chart(t: Texts, found: Summary) -> Chart | None:
    """The mean deficits as a picture; None where nothing is published."""
    values = tuple(value for _, value in found.deficits)
    if all(value is None for value in values):
        return None
    return Chart(
        title=t.plain("reports.summary.chart"),
        labels=tuple(name for name, _ in found.deficits),
        now=values,
        before=(),
        now_label="",
        before_label="",
        unknown=t.plain("reports.summary.chart.unknown"),
        under=t.plain("reports.summary.chart.under"),
    )


def _event(t: Texts, one: Happening, zone: ZoneInfo) -> str:
    when, title = _when(t, one.starts_at, zone), short(one.title, TITLE)
    if one.capacity is None:
        return t("reports.summary.event", when=when, title=title, seated=one.seated)
    return t("reports.summary.event_of", when=when, title=title, seated=one.seated, capacity=one.capacity)


def _when(t: Texts, moment: datetime, zone: ZoneInfo) -> str:
    local = format_datetime(moment.astimezone(zone), t.plain("reports.summary.when_format"), locale=t.formats)
    return f"{local} {label(t, moment, zone)}".strip()


def _deficit(t: Texts, found: Summary) -> str:
    known = [(value, name) for name, value in found.deficits if value is not None]
    if not known:
        return t("reports.summary.no_deficits")
    value, name = max(known)
    return t("reports.summary.deficits", name=name, deficit=value, people=found.people)
