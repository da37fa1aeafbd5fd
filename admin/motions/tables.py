"""Proposals as a table for Excel, and where the figure of one stands."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from admin.panel import Panel
from admin.report import day
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.dictionaries.units import UnitLevel
from db.motions.models import FigureSource
from db.motions.rules import ReportFigure
from db.motions.staff_queries import MotionRow
from db.motions.wording import name_text, value_text

COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("number", 8, "number"),
    ("submitted", 12, "text"),
    ("author", 30, "text"),
    ("target", 50, "text"),
    ("change", 70, "text"),
    ("figure", 70, "text"),
    ("value", 24, "text"),
    ("people", 10, "number"),
    ("status", 18, "text"),
    ("decided", 12, "text"),
    ("answer", 60, "text"),
    ("became", 60, "text"),
)
REPORT = {FigureSource.DEMAND: "demand", FigureSource.DEFICITS: "deficits", FigureSource.SURVEY: "needs"}
"""The report that each source is."""
OPENED = ("instrument", "position", "category", "measure", "survey", "question", "low_results", "hard_conditions")
"""What a report is narrowed to, by the same name in both addresses."""


def address(figure: ReportFigure) -> str:
    """The page where the figure stands now: its report, opened at the unit and narrowed as it was."""
    if figure.source is FigureSource.INDICATOR:
        return url_for("monitoring.index", municipality=figure.municipality_id)
    if figure.source is FigureSource.GROUP:
        return url_for("groups.card", group_id=figure.asked["group"])
    asked: dict[str, Any] = {name: figure.asked[name] for name in OPENED if name in figure.asked}
    level = figure.asked.get("unit", "")
    if level == UnitLevel.ORGANISATION:
        asked["municipality"] = figure.municipality_id
    elif level:
        asked[level] = figure.asked["unit_id"]
    return url_for("reports.report", report=REPORT[figure.source], **asked)


def motions_sheet(rows: Sequence[MotionRow], panel: Panel) -> bytes:
    """Returns the proposals, a row each, with the figures as they were."""
    t = panel.t
    columns = [Column(t.plain(f"motions.panel.{name}"), width, look) for name, width, look in COLUMNS]
    title = t.plain("motions.panel.title")
    lines = (_line(row, panel) for row in rows)
    return workbook([Sheet(title, columns, lines)], title=title, about=t.plain("motions.panel.lead"))


def _line(row: MotionRow, panel: Panel) -> list[Value]:
    t, one = panel.t, row.motion
    became = [one.line.text if one.line else "", one.event.title if one.event else ""]
    return [
        one.id,
        day(panel.local(one.submitted_at).date()),
        row.author,
        row.target,
        one.change,
        name_text(t, row.figure),
        value_text(t, row.figure),
        one.people,
        t.plain(f"motions.panel.status.{one.status}"),
        day(panel.local(one.decided_at).date()) if one.decided_at else "",
        one.answer,
        "\n".join(text for text in became if text),
    ]
