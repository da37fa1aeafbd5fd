"""The register of people as a table for Excel."""

from collections.abc import Sequence

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.active.queries import MembershipLine
from db.overviews.members import MemberRegisterRow
from db.people.staff_queries import PersonRegisterRow

COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("name", 36, "text"),
    ("municipality", 28, "text"),
    ("organisation", 40, "text"),
    ("position", 24, "text"),
    ("subject", 24, "text"),
    ("qualification", 18, "text"),
    ("experience", 8, "general"),
    ("roles", 26, "text"),
    ("direction", 46, "text"),
    ("until", 14, "text"),
    ("since", 17, "moment"),
    ("blocked", 16, "text"),
    ("number", 10, "general"),
)


def register_sheet(rows: Sequence[MemberRegisterRow], panel: Panel) -> bytes:
    """Returns the register as XLSX, moments in local time."""
    t = panel.t
    columns = [Column(t.plain(f"people.panel.{name}"), width, look) for name, width, look in COLUMNS]
    title = t.plain("people.panel.title")
    return workbook([Sheet(title, columns, (_row(row, lines, panel) for row, lines in rows))], title=title)


def _row(row: PersonRegisterRow, lines: Sequence[MembershipLine], panel: Panel) -> list[Value]:
    t = panel.t
    return [
        row.name,
        row.municipality,
        row.organisation,
        row.position,
        row.subject,
        row.qualification,
        row.experience_years,
        ", ".join(t.plain(f"people.panel.role.{role}") for role in sorted(row.roles)),
        "; ".join(f"{one.number}. {one.direction}" for one in lines if one.direction),
        "; ".join(one.until.strftime("%d.%m.%Y") if one.until else t.plain("active.panel.no_term") for one in lines),
        panel.local(row.since),
        t.plain("people.panel.blocked") if row.blocked else "",
        row.id,
    ]
