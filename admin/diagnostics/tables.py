"""Instruments, and results that teachers opened, as tables for Excel."""

from collections.abc import Sequence

from admin.panel import Panel
from admin.sheets import Column, Sheet, Value, workbook
from db.diagnostics.staff_queries import OpenedRow, VersionRow
from db.overviews.quality import Quality
from db.reports.rules import Portion


def versions_sheet(rows: Sequence[VersionRow], panel: Panel) -> bytes:
    """Returns every version of every instrument as XLSX."""
    t = panel.t
    title = t.plain("diagnostics.panel.title")
    lines = (
        [
            row.title,
            row.version,
            t.plain(f"diagnostics.panel.status.{row.status}"),
            panel.local(row.published_at) if row.published_at else None,
            row.completed,
        ]
        for row in rows
    )
    columns = [
        Column(t.plain("diagnostics.panel.instrument"), 60, "text"),
        Column(t.plain("diagnostics.panel.version"), 10),
        Column(t.plain("diagnostics.panel.status"), 18, "text"),
        Column(t.plain("diagnostics.panel.published_at"), 18, "moment"),
        Column(t.plain("diagnostics.panel.completed"), 14),
    ]
    return workbook([Sheet(title, columns, lines)], title=title)


def opened_sheet(rows: Sequence[OpenedRow], panel: Panel) -> bytes:
    """Returns whose results are open and of which day as XLSX; the numbers are on a page of their own."""
    t = panel.t
    title = t.plain("diagnostics.panel.results")
    lines = (
        [row.full_name or "", row.municipality or "", panel.local(row.completed_at) if row.completed_at else None]
        for row in rows
    )
    columns = [
        Column(t.plain("diagnostics.panel.whose"), 38, "text"),
        Column(t.plain("diagnostics.panel.place"), 34, "text"),
        Column(t.plain("diagnostics.panel.day"), 18, "moment"),
    ]
    return workbook([Sheet(title, columns, lines)], title=title)


def quality_sheet(found: Quality, panel: Panel) -> bytes:
    """Returns how well a version measures as XLSX, a row for each item; too few to tell leave the sheet empty."""
    t = panel.t
    title = t.plain("diagnostics.panel.quality")

    def part(value: int | Portion) -> Value:
        return value if isinstance(value, int) else t.plain(f"reports.panel.part.{value}")

    lines: list[list[Value]] = [
        [
            one.name,
            None if one.alpha is None else round(one.alpha, 2),
            one.people,
            item.text,
            None if item.rest is None else round(item.rest, 2),
            part(item.not_mine),
            part(item.declined),
        ]
        for one in found.components
        for item in one.items
    ]
    columns = [
        Column(t.plain("diagnostics.panel.quality.component"), 24, "text"),
        Column(t.plain("diagnostics.panel.quality.alpha"), 12),
        Column(t.plain("diagnostics.panel.quality.people"), 14),
        Column(t.plain("diagnostics.panel.quality.item"), 70, "text"),
        Column(t.plain("diagnostics.panel.quality.rest"), 14),
        Column(t.plain("diagnostics.panel.quality.not_mine"), 18),
        Column(t.plain("diagnostics.panel.quality.declined"), 18),
    ]
    return workbook(
        [Sheet(title, columns, lines)],
        title=title,
        facts=[
            (t.plain("diagnostics.panel.instrument"), found.content.title),
            (t.plain("diagnostics.panel.version"), str(found.content.version)),
            (title, t.plain("diagnostics.panel.quality.counted", n=found.people)),
        ],
        about=t.plain("diagnostics.panel.quality.read"),
    )
