"""Says the figure of a proposal: its value, what it is of, and how it has changed since."""

from db.motions.models import FigureSource
from db.motions.rules import ReportFigure, moved
from db.reports.rules import Trend
from locales import Texts


def value_text(t: Texts, figure: ReportFigure) -> str:
    """The figure's value with what it is counted in."""
    if figure.value is None and figure.source is FigureSource.INDICATOR:
        return t.plain(f"indicators.rating.{figure.word}")
    if figure.value is None:
        return t.plain(f"reports.panel.part.{figure.word}")
    return t.plain(f"motions.panel.value.{figure.measure}", value=figure.value)


def name_text(t: Texts, figure: ReportFigure) -> str:
    """What the figure is of: the unit, what is counted there, and whom it is narrowed to."""
    unit = figure.unit_name or t.plain("motions.panel.region")
    if figure.source is FigureSource.SURVEY:
        return t.plain("motions.panel.figure.survey", unit=unit, option=figure.name, question=figure.about)
    if figure.source is FigureSource.INDICATOR:
        return t.plain("motions.panel.figure.indicator", unit=unit, name=figure.name, period=figure.about)
    if figure.source is FigureSource.GROUP:
        return t.plain("motions.panel.figure.group", unit=unit, component=figure.name)
    measure = t.plain(f"reports.panel.measure.{figure.measure}")
    whose = figure.about or t.plain("reports.panel.everybody")
    if whose[1:2].islower():  # within a sentence, but an abbreviation stays as it is
        whose = whose[0].lower() + whose[1:]
    return t.plain("motions.panel.figure.cell", unit=unit, component=figure.name, measure=measure, whose=whose)


def change_text(t: Texts, then: ReportFigure, now: ReportFigure | None) -> str:
    """How the figure has changed since, as a sentence."""
    move = moved(then, now)
    if move is Trend.UNKNOWN and then.source is FigureSource.INDICATOR:
        return t.plain("motions.panel.move.no_value")
    if now is None or move in (Trend.SAME, Trend.INCOMPARABLE, Trend.UNKNOWN):
        return t.plain(f"motions.panel.move.{move}", least=then.least)
    if move is Trend.IN_WORDS:
        return t.plain("motions.panel.move.in_words", then=value_text(t, then), now=value_text(t, now))
    return t.plain(
        f"motions.panel.move.{move}",
        by=abs((now.value or 0) - (then.value or 0)),
        then=value_text(t, then),
        now=value_text(t, now),
    )
