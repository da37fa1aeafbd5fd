"""Projects, and recommendations by centre, as tables for Excel."""

from collections.abc import Sequence

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.projects.models import Portfolio
from db.projects.staff_queries import Matrix, ProjectRow

PROJECTS: tuple[tuple[str, float, Format], ...] = (
    ("title_column", 60, "text"),
    ("under", 50, "text"),
    ("unit", 46, "text"),
    ("level", 22, "text"),
    ("term", 22, "text"),
    ("starts", 14, "text"),
    ("ends", 14, "text"),
    ("status", 16, "text"),
    ("tasks", 10, "number"),
    ("tasks_done", 12, "number"),
    ("linked", 12, "number"),
    ("outcome", 50, "text"),
    ("link", 40, "text"),
    ("source", 40, "text"),
)


def projects_sheet(
    rows: Sequence[ProjectRow], portfolios: Sequence[tuple[Portfolio, Sequence[ProjectRow]]], panel: Panel
) -> bytes:
    """Returns the projects as XLSX, a row each; the portfolios by all their names stand on the sheet about them."""
    t = panel.t
    columns = [Column(t.plain(f"settings.projects.{name}"), width, look) for name, width, look in PROJECTS]
    facts = [
        (t.plain(f"settings.projects.{name}"), text)
        for one, _ in portfolios
        for name, text in (
            *(("portfolio", name) for name in one.names),
            ("strategy", one.strategy),
            ("term", one.term),
            ("lead_by", one.lead),
            ("note", one.note),
            ("source", one.source),
        )
    ]
    title = t.plain("settings.projects.title")
    about = t.plain("settings.projects.portfolio") if facts else ""
    return workbook([Sheet(title, columns, (_row(row, panel) for row in rows))], title=title, facts=facts, about=about)


def matrix_sheet(found: Matrix, panel: Panel, *, words: bool) -> bytes:
    """Returns the matrix, and every cell as a row with day, document and link.

    `words`: with what centres wrote, which may name somebody.
    """
    t = panel.t
    title = t.plain("settings.advice.title")
    grid = [
        Column(t.plain("settings.advice.text"), 70, "text"),
        *(Column(one.name, 24, "text") for one in found.centres),
    ]
    cells = [
        Column(t.plain("settings.advice.text"), 70, "text"),
        Column(t.plain("settings.advice.centre"), 50, "text"),
        Column(t.plain("settings.advice.status"), 16, "text"),
        Column(t.plain("settings.advice.done_on"), 14, "text"),
        *([Column(t.plain("settings.advice.word"), 60, "text")] * words),
        Column(t.plain("settings.advice.document_id"), 40, "text"),
        Column(t.plain("settings.advice.link"), 40, "text"),
    ]
    lines: list[list[Value]] = []
    each: list[list[Value]] = []
    for number, one in enumerate(found.recommendations, 1):
        text = f"{number}. {one.text}"
        line: list[Value] = [text]
        for centre in found.centres:
            cell = found.cells.get((one.id, centre.id))
            status = t.plain(f"settings.advice.status.{found.status(one.id, centre.id)}")
            document = cell.document if cell else None
            line.append(status)
            each.append(
                [
                    text,
                    centre.name,
                    status,
                    f"{cell.done_on:%d.%m.%Y}" if cell and cell.done_on else "",
                    *([cell.word if cell else ""] * words),
                    " ".join(part for part in (document.number, document.title) if part) if document else "",
                    cell.link if cell else "",
                ]
            )
        lines.append(line)
    sources = dict.fromkeys(one.source for one in found.recommendations if one.source)
    return workbook(
        [Sheet(title, grid, lines), Sheet(t.plain("settings.advice.cells"), cells, each)],
        title=title,
        facts=[(t.plain("settings.projects.source"), source) for source in sources],
        about=t.plain("settings.advice.about") if sources else "",
    )


def _row(row: ProjectRow, panel: Panel) -> list[Value]:
    t, one = panel.t, row.project
    under = one.portfolio.names[0] if one.portfolio else one.parent.title if one.parent else ""
    return [
        one.title,
        under,
        row.unit,
        t.plain(f"settings.projects.level.{row.level}"),
        one.term,
        *(f"{day:%d.%m.%Y}" if day else "" for day in (one.starts, one.ends)),
        t.plain(f"settings.projects.status.{one.status}"),
        row.tasks,
        row.done,
        row.linked,
        one.outcome,
        one.link,
        one.source,
    ]
