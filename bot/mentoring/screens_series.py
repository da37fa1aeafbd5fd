"""What is said of meetings that come back: pure, texts and data -> screen."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.mentoring.callbacks import (
    CancelSeriesTap,
    MeetingTap,
    MoveSeriesTap,
    PairCalendarTap,
    PairTap,
    RepeatTap,
    UntilTap,
)
from bot.ui.moments import format_date, label
from bot.ui.receipts import Attachment
from bot.ui.screens import Button, Row, Screen, columns, menu_row, paragraphs
from db.calendar.ics import IcsEvent, calendar
from db.mentoring.models import Meeting, MeetingStatus
from db.mentoring.queries import MeetingLine
from db.mentoring.rules import LASTS
from locales import Texts

DAY = "d MMMM"
"""A last day lies within a year: nobody asks of which."""


def rhythm(t: Texts, at: datetime, weeks: int, until: date, zone: ZoneInfo) -> Markup:
    """«по вторникам в 15:00 (МСК+2), до 31 мая»."""
    local = at.astimezone(zone)
    return t(
        f"mentoring.series.rhythm.{weeks}",
        days=t.plain(f"mentoring.series.on.{local.isoweekday()}"),
        hour=f"{local:%H:%M}",
        zone=label(t, at, zone),
        until=format_date(until, DAY, t.formats),
    )


def of_series(t: Texts, line: MeetingLine, zone: ZoneInfo) -> Markup | str:
    """The rhythm of the series that a meeting is one of; nothing for a single one."""
    if line.weeks is None or line.until is None:
        return ""
    return rhythm(t, line.at, line.weeks, line.until, zone)


def of_line(t: Texts, line: MeetingLine, zone: ZoneInfo) -> Markup | str:
    """The line of a meeting's card about its series; nothing for a single one."""
    words = of_series(t, line, zone)
    return t("mentoring.series.is", rhythm=words, n=line.later) if words and not line.over else ""


def rows(t: Texts, line: MeetingLine, *, is_mentor: bool) -> list[Row]:
    """What can be done with a series from one of its meetings that lies ahead."""
    if line.status is not MeetingStatus.PLANNED or line.over:
        return []
    file = [Button(t.plain("mentoring.calendar"), PairCalendarTap(pair_id=line.pair_id))]
    if not is_mentor:
        return [file]
    key = "mentoring.series.repeat" if line.weeks is None else "mentoring.series.change"
    repeat = Button(t.plain(key), RepeatTap(meeting_id=line.meeting_id, weeks=line.weeks or 1))
    return [[repeat], file]


def after_plan(t: Texts, line: MeetingLine) -> list[Row]:
    """What one may want right after a meeting got its time: the same every week, or its series in the same way."""
    if line.weeks is None:
        return [[Button(t.plain("mentoring.series.repeat"), RepeatTap(meeting_id=line.meeting_id, weeks=1))]]
    if line.later:
        return [[Button(t.plain("mentoring.series.move"), MoveSeriesTap(meeting_id=line.meeting_id))]]
    return []


def calendar_row(t: Texts, pair_id: int) -> list[Row]:
    """«В календарь телефона»."""
    return [[Button(t.plain("mentoring.calendar"), PairCalendarTap(pair_id=pair_id))]]


def cancel_rest(t: Texts, line: MeetingLine) -> list[Row]:
    """«Эту и все следующие», beside the question about this one."""
    if line.weeks is None or not line.later:
        return []
    tap = CancelSeriesTap(meeting_id=line.meeting_id)
    return [[Button(t.plain("mentoring.series.cancel", n=line.later + 1), tap, style="danger")]]


def until(
    t: Texts, line: MeetingLine, *, weeks: int, ends: Sequence[date], zone: ZoneInfo, lead: object = ""
) -> Screen:
    """Until which day a meeting comes back; any other day may be typed."""
    local = line.at.astimezone(zone)
    text = t(
        f"mentoring.series.until.{weeks}",
        days=t.plain(f"mentoring.series.on.{local.isoweekday()}"),
        hour=f"{local:%H:%M}",
        zone=label(t, line.at, zone),
    )
    buttons = [
        Button(
            t.plain("mentoring.series.until", day=format_date(day, DAY, t.formats)),
            UntilTap(meeting_id=line.meeting_id, weeks=weeks, day=day.toordinal()),
        )
        for day in ends
    ]
    other = 3 - weeks
    rhythms = Button(t.plain(f"mentoring.series.weeks.{other}"), RepeatTap(meeting_id=line.meeting_id, weeks=other))
    back = Button(t.plain("mentoring.series.once"), MeetingTap(meeting_id=line.meeting_id))
    return Screen(paragraphs(lead, text), [*columns(buttons, 1), [rhythms], [back], menu_row(t)])


def told(t: Texts, key: str, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """A notice about a series, from what it was written with."""
    words = rhythm(t, datetime.fromisoformat(params["at"]), params["weeks"], date.fromisoformat(params["ends"]), zone)
    name = params.get("name") or t.plain("mentoring.nameless")
    text = t(f"mentoring.notice.{key}", name=name, rhythm=words, n=params["count"])
    return Screen(text, [[Button(t.plain("mentoring.open"), PairTap(pair_id=params["pair"]), below=True)]])


def calendar_file(
    t: Texts, planned: Sequence[Meeting], name: str | None, pair_id: int, *, now: datetime
) -> tuple[Screen, Attachment | None]:
    """The planned meetings of a pair as a calendar file: the UID of each stays, a later file is the newer one."""
    back = [[Button(t.plain("mentoring.open"), PairTap(pair_id=pair_id))]]
    if not planned:
        return Screen(t("mentoring.calendar.nothing"), back), None
    title = t.plain("mentoring.calendar.title", name=name or t.plain("mentoring.nameless"))
    entries = [
        IcsEvent(
            code=f"meeting-{one.id}",
            title=title,
            description=(one.topic,),
            where=None,
            url=None,
            starts_at=one.planned_at,
            ends_at=one.planned_at + LASTS,
            sequence=int(one.set_at.timestamp()),
            cancelled=False,
        )
        for one in planned
    ]
    content = calendar(entries, now=now)
    return Screen(t("mentoring.calendar.caption", n=len(planned)), back), Attachment(
        content, t.plain("mentoring.calendar.name")
    )
