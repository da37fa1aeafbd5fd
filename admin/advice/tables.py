"""Advice and steps as tables for Excel."""

from collections.abc import Mapping, Sequence

from admin.panel import Panel
from admin.report import day
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.advice.models import CentreAdvice
from db.diagnostics.staff_queries import StepRow

ADVICE: tuple[tuple[str, float, Format], ...] = (
    ("title_column", 40, "text"),
    ("text", 70, "text"),
    ("why", 50, "text"),
    ("category_id", 34, "text"),
    ("component", 24, "text"),
    ("levels", 34, "text"),
    ("site_id", 34, "text"),
    ("document_id", 40, "text"),
    ("signed_by", 50, "text"),
    ("signed_on", 20, "text"),
    ("mark", 24, "text"),
)
STEPS: tuple[tuple[str, float, Format], ...] = (
    ("component", 26, "text"),
    ("question", 60, "text"),
    ("step", 60, "text"),
    ("pack", 60, "text"),
    ("changed_at", 20, "text"),
)


def advice_sheet(
    rows: Sequence[CentreAdvice], panel: Panel, *, components: Mapping[str, str], levels: Mapping[str, str]
) -> bytes:
    """Returns the advice, a row each."""
    t = panel.t
    columns = [Column(t.plain(f"settings.centre_advice.{name}"), width, look) for name, width, look in ADVICE]
    title = t.plain("settings.centre_advice.title")

    def line(row: CentreAdvice) -> list[Value]:
        return [
            *(row.title, row.text, row.why),
            row.category.name if row.category else t.plain("settings.centre_advice.everybody"),
            components.get(row.component or "", row.component or t.plain("settings.centre_advice.any")),
            ", ".join(levels.get(code, code) for code in row.levels) or t.plain("settings.centre_advice.any"),
            row.site.title if row.site else "",
            row.document.title if row.document else "",
            row.centre.name if row.centre else row.signed_by,
            day(row.signed_on),
            ", ".join(t.plain(f"settings.centre_advice.mark.{one}") for one in marks(row)),
        ]

    return workbook([Sheet(title, columns, (line(row) for row in rows))], title=title)


def steps_sheet(rows: Sequence[StepRow], panel: Panel) -> bytes:
    """Returns the steps of an instrument, a row each, with the pack's own words beside."""
    t = panel.t
    columns = [Column(t.plain(f"settings.steps.{name}"), width, look) for name, width, look in STEPS]
    title = t.plain("settings.steps.title")

    def line(row: StepRow) -> list[Value]:
        changed = day(panel.local(row.changed_at).date()) if row.changed_at else ""
        return [row.title, row.question, row.step, row.pack, changed]

    return workbook([Sheet(title, columns, (line(row) for row in rows))], title=title)


def marks(row: CentreAdvice) -> list[str]:
    """Names what sets a piece apart: an example of ours, one that is not given any more."""
    return [*(["training"] if row.training else []), *([] if row.active else ["off"])]
