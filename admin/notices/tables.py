"""Notices that did not arrive as a table for Excel."""

from collections.abc import Iterator, Sequence

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.notices.staff_queries import DeadNotice

WHY = ("blocked", "gave_up", "nowhere", "refused", "render")
NOUNS = ("people", "diagnostics", "applications", "events", "mentoring", "broadcasts")
COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("person", 38, "text"),
    ("municipality", 34, "text"),
    ("about", 40, "text"),
    ("reason", 60, "text"),
    ("when", 18, "moment"),
    ("attempts", 10, "number"),
)


def notices_sheet(rows: Sequence[DeadNotice], panel: Panel) -> bytes:
    """Returns them as XLSX, a row each; a name only for those who may see it."""
    t = panel.t
    title = t.plain("notices.panel.title")
    lines: Iterator[list[Value]] = (
        [
            row.name or "",
            row.municipality or "",
            t.plain(f"notices.panel.kind.{noun}") if (noun := row.kind.partition(".")[0]) in NOUNS else row.kind,
            t.plain(f"notices.panel.why.{row.why}") if row.why in WHY else t.plain("notices.panel.why.other"),
            panel.local(row.created_at),
            row.attempts,
        ]
        for row in rows
    )
    columns = [Column(t.plain(f"notices.panel.{name}"), width, look) for name, width, look in COLUMNS]
    return workbook([Sheet(title, columns, lines)], title=title)
