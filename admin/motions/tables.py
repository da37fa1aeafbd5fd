"""Proposals as a table for Excel, and how their figures are said there and on the pages."""

from collections.abc import Sequence
from typing import Any

from flask import url_for

from admin.panel import Panel
from admin.report import day
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.dictionaries.units import UnitLevel
from db.motions.models import FigureSource
from db.motions.rules import Move, ReportFigure, moved
from db.motions.staff_queries import MotionRow
from locales import Texts

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


def value_text(t: Texts, figure: ReportFigure) -> str:
    """The figure's value with what it is counted in."""
    if figure.value is None:
        return t.plain(f"reports.panel.part.{figure.word}")
    return t.plain(f"motions.panel.value.{figure.measure}", value=figure.value)


def name_text(t: Texts, figure: ReportFigure) -> str:
    """What the figure is of: the unit, what is counted there, and whom it is narrowed to."""
    unit = figure.unit_name or t.plain("motions.panel.region")
    if figure.source is FigureSource.SURVEY:
        return t.plain("motions.panel.figure.survey", unit=unit, option=figure.name, question=figure.about)
    measure = t.plain(f"reports.panel.measure.{figure.measure}")
    whose = figure.about or t.plain("reports.panel.everybody")
    return t.plain("motions.panel.figure.cell", unit=unit, component=figure.name, measure=measure, whose=whose)


def change_text(t: Texts, then: ReportFigure, now: ReportFigure | None) -> str:
    """How the figure has changed since, as a sentence."""
    move = moved(then, now)
    if now is None or move in (Move.SAME, Move.OTHER_FORM, Move.HIDDEN):
        return t.plain(f"motions.panel.move.{move}", least=then.least)
    if move is Move.IN_WORDS:
        return t.plain("motions.panel.move.in_words", then=value_text(t, then), now=value_text(t, now))
    return t.plain(
        f"motions.panel.move.{move}",
        by=abs((now.value or 0) - (then.value or 0)),
        then=value_text(t, then),
        now=value_text(t, now),
    )


def address(figure: ReportFigure) -> str:
    """The page where the figure stands now: its report, opened at the unit and narrowed as it was."""
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
