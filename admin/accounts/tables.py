"""Accounts of the panel as a table for Excel."""

from collections.abc import Sequence

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, workbook
from db.accounts.staff_queries import StaffRow

COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("name", 38, "text"),
    ("login", 24, "text"),
    ("role", 30, "text"),
    ("municipalities", 60, "text"),
    ("active", 12, "text"),
    ("seen", 18, "moment"),
)


def staff_sheet(rows: Sequence[StaffRow], panel: Panel) -> bytes:
    """Returns the accounts as XLSX, a row each: who may sign in and how far they reach."""
    t = panel.t
    title = t.plain("settings.staff.title")
    lines = (
        [
            row.name,
            row.login,
            panel.role_name(row.role),
            ", ".join(filter(None, (row.centre, *row.municipalities))) or t.plain("settings.staff.region"),
            "" if row.active else t.plain("settings.staff.inactive"),
            panel.local(row.last_seen_at) if row.last_seen_at else None,
        ]
        for row in rows
    )
    columns = [Column(t.plain(f"settings.staff.{name}"), width, look) for name, width, look in COLUMNS]
    return workbook([Sheet(title, columns, lines)], title=title)
