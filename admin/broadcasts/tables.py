"""Broadcasts as a table for Excel."""

from collections.abc import Sequence

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, workbook
from db.broadcasts.staff_queries import BroadcastLine
from locales import Texts

COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("text", 80, "text"),
    ("whom", 50, "text"),
    ("state", 18, "text"),
    ("people", 12, "number"),
    ("when", 18, "moment"),
)


def broadcasts_sheet(rows: Sequence[BroadcastLine], panel: Panel) -> bytes:
    """Returns them as XLSX, a row each, with their whole texts."""
    t = panel.t
    title = t.plain("broadcasts.panel.title")
    lines = (
        [
            row.text,
            whom(t, row),
            t.plain(f"broadcasts.panel.status.{row.status}"),
            row.confirmed,
            panel.local(row.started_at or row.created_at),
        ]
        for row in rows
    )
    columns = [Column(t.plain(f"broadcasts.panel.{name}"), width, look) for name, width, look in COLUMNS]
    return workbook([Sheet(title, columns, lines)], title=title)


def whom(t: Texts, line: BroadcastLine) -> str:
    """Says whom a broadcast is for."""
    role = t.plain(f"broadcasts.panel.role.{line.role}") if line.role else ""
    young = t.plain("broadcasts.panel.young") if line.young else ""
    place = line.municipality or t.plain("broadcasts.panel.everywhere")
    return " · ".join(filter(None, (place, role, line.position, young)))
