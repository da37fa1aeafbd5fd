"""Appeals as a table for Excel."""

from collections.abc import Sequence

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, workbook
from db.appeals.staff_queries import AppealRow

COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("application", 12, "number"),
    ("teacher", 34, "text"),
    ("municipality", 28, "text"),
    ("campaign", 40, "text"),
    ("text", 80, "text"),
    ("status", 22, "text"),
    ("filed", 18, "moment"),
    ("due", 18, "moment"),
    ("answered_at", 18, "moment"),
    ("decided_by", 30, "text"),
)


def appeals_sheet(rows: Sequence[AppealRow], panel: Panel) -> bytes:
    """Returns the appeals, a row each; moments in the region's time."""
    t = panel.t
    columns = [Column(t.plain(f"appeals.panel.{name}"), width, look) for name, width, look in COLUMNS]
    title = t.plain("appeals.panel.title")
    lines = (
        [
            row.number,
            row.name or "",
            row.municipality or "",
            row.campaign,
            row.text or "",
            t.plain(f"appeals.panel.status.{row.status.value}"),
            panel.local(row.filed_at),
            panel.local(row.due_at),
            panel.local(row.answered_at) if row.answered_at else None,
            row.decided_by or "",
        ]
        for row in rows
    )
    return workbook([Sheet(title, columns, lines)], title=title)
