"""The report of attendance: who registered for events and came."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from babel.dates import format_date
from flask import url_for

from admin.base import Page
from admin.charts import MIST, PINE, SAND, Bars, Picture, Series
from admin.report import NAMES, Book, Report, capital, day, periods, short, since_of, year_ago
from admin.sheets import Column, Sheet, Value
from db.reports import attendance, deficits
from db.reports.attendance import Attendance, AttendanceLine, By
from locales import Texts

WAITING = "#eadfc0"


class AttendanceReport(Report[Attendance]):
    """Attendance by month, format, municipality or component since a day."""

    name, asked = "events", frozenset({"by", "since"})

    def figures(self, ask: Page) -> Attendance:
        """The last twelve months."""
        return _attendance(ask, By.MONTH, year_ago(ask))

    def query(self, ask: Page) -> Attendance:
        """Grouped as asked for, by month failing that."""
        return _attendance(ask, _by(ask), since_of(ask))

    def page(self, ask: Page, found: Attendance) -> dict[str, Any]:
        """With tabs of the ways to group and periods to choose from."""
        since = since_of(ask)
        tabs = [
            (
                url_for("reports.report", report=self.name, by=one.value, since=since),
                ask.t.plain(f"reports.panel.by.{one.value}"),
                one is found.by,
            )
            for one in By
        ]
        return {
            "attendance": found,
            "lines": _named(ask, found),
            "by": found.by,
            "tabs": tabs,
            "periods": periods(ask),
            "since": since,
        }

    def book(self, ask: Page, found: Attendance) -> Book:
        """A sheet for each way of grouping."""
        every = ask.read(attendance.every_way, since=since_of(ask))
        return Book(
            ask.t.plain("reports.panel.events"),
            [attendance_sheet(ask.t, one, _named(ask, one)) for one in every],
            attendance_facts(ask.t, found, day(since_of(ask))),
        )

    def chart(self, ask: Page, found: Attendance, part: str) -> Picture | None:
        """Bars of those who came, did not come, are still to come, and wait."""
        if part:
            return None
        return Bars(
            attendance_bars(_named(ask, found)),
            attendance_series(ask.t),
            title=ask.t.plain(f"reports.panel.by.{found.by.value}"),
            note=ask.t.plain("reports.panel.since", day=day(since_of(ask))),
        )


def _attendance(ask: Page, by: By, since: date) -> Attendance:
    return ask.read(attendance.attendance, by=by, since=since)


def _by(ask: Page) -> By:
    asked = ask.word("by", 16)
    return By(asked) if asked in set(By) else By.MONTH


def _named(ask: Page, found: Attendance) -> list[tuple[str, AttendanceLine]]:
    """Returns rows with their names in words."""
    if found.by is By.MONTH:
        return [(_month(line), line) for line in found.rows]
    if found.by is By.COMPONENT:
        names = {code: title for code, _, title in ask.read(deficits.components)}
        return [(capital(names.get(str(line.key), str(line.key))), line) for line in found.rows]
    return [(capital(line.name) or ask.t.plain("reports.panel.nowhere"), line) for line in found.rows]


def _month(line: AttendanceLine) -> str:
    return capital(format_date(line.key, "LLLL y", locale="ru")) if isinstance(line.key, date) else ""


def attendance_series(t: Texts) -> list[Series]:
    """Colours of the bars of attendance."""
    return [
        Series(t.plain("reports.panel.came"), PINE),
        Series(t.plain("reports.panel.missed"), SAND),
        Series(t.plain("reports.panel.coming"), MIST),
        Series(t.plain("reports.panel.waiting"), WAITING),
    ]


def attendance_bars(lines: Sequence[tuple[str, AttendanceLine]]) -> list[tuple[str, list[int]]]:
    """Everybody who asked for a seat, by what became of it."""
    return [
        (short(name), [one.attended, one.past - one.attended, one.registered - one.past, one.waiting])
        for name, one in lines
    ]


def attendance_sheet(t: Texts, found: Attendance, lines: Sequence[tuple[str, AttendanceLine]]) -> Sheet:
    """One way of grouping."""
    columns = [
        Column(t.plain(f"reports.panel.by_column.{found.by.value}"), NAMES, "text"),
        Column(t.plain("reports.panel.events_count")),
        Column(t.plain("reports.panel.registered")),
        Column(t.plain("reports.panel.came")),
        Column(t.plain("reports.panel.came_share"), 14, "percent"),
        Column(t.plain("reports.panel.waiting")),
        Column(t.plain("reports.panel.rating"), 14, "decimal"),
        Column(t.plain("reports.panel.rated")),
    ]

    def line(name: str, one: AttendanceLine) -> list[Value]:
        rated = one.rated or None
        return [name, one.events, one.registered, one.attended, one.share, one.waiting, one.rating, rated]

    return Sheet(
        t.plain(f"reports.panel.by.{found.by.value}"),
        columns,
        [line(name, one) for name, one in lines],
        line(t.plain("reports.panel.total"), found.total),
    )


def attendance_facts(t: Texts, found: Attendance, since: str) -> list[tuple[str, str]]:
    """What the workbook's last sheet tells."""
    text = t.plain("reports.panel.turnout.text", least=found.least)
    return [
        (t.plain("reports.panel.period"), t.plain("reports.panel.since", day=since)),
        (t.plain("reports.panel.rating"), t.plain("reports.panel.rating.text", least=found.least)),
        *([] if found.exact else [(t.plain("reports.panel.registered"), text)]),
    ]
