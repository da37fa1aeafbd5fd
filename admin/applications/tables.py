"""The register of applications as a table for Excel."""

from collections.abc import Sequence

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.overviews.register import RegisterRow

COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("number", 7, "general"),
    ("campaign", 30, "text"),
    ("order", 14, "text"),
    ("status", 16, "text"),
    ("name", 36, "text"),
    ("municipality", 28, "text"),
    ("organisation", 40, "text"),
    ("position", 22, "text"),
    ("subject", 22, "text"),
    ("qualification", 16, "text"),
    ("experience", 8, "general"),
    ("direction", 44, "text"),
    ("category", 24, "text"),
    ("documents", 11, "general"),
    ("submitted", 17, "moment"),
    ("taken", 28, "text"),
    ("decided", 17, "moment"),
    ("decided_by", 28, "text"),
    ("reasons", 44, "text"),
    ("comment", 44, "text"),
    ("sum", 8, "general"),
)


def register_sheet(rows: Sequence[RegisterRow], panel: Panel) -> bytes:
    """Returns the register as XLSX, moments in local time; the scores of the criteria stand at the end."""
    t = panel.t
    criteria = sorted({number for row in rows for number in row.scores})
    columns = [Column(t.plain(f"applications.panel.register.{name}"), width, look) for name, width, look in COLUMNS]
    columns += [Column(t.plain("applications.panel.part", number=number), 11, "general") for number in criteria]
    title = t.plain("applications.panel.register")
    return workbook([Sheet(title, columns, (_row(row, criteria, panel) for row in rows))], title=title)


def _row(row: RegisterRow, criteria: Sequence[int], panel: Panel) -> list[Value]:
    return [
        row.number,
        row.campaign,
        row.order_number,
        panel.t.plain(f"applications.panel.state.{row.status}"),
        row.name,
        row.municipality,
        row.organisation,
        row.position,
        row.subject,
        row.qualification,
        row.experience_years,
        row.direction,
        row.category,
        row.documents,
        panel.local(row.submitted_at) if row.submitted_at else None,
        row.taken_by,
        panel.local(row.decided_at) if row.decided_at else None,
        row.decided_by,
        "; ".join(row.reasons),
        row.comment,
        row.total,
        *(row.scores.get(number) for number in criteria),
    ]
