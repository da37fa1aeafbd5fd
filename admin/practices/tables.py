"""Practices as a table for Excel."""

from collections.abc import Mapping, Sequence

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, Value, workbook
from db.practices.models import Practice
from db.practices.queries import authors_of

COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("title", 50, "text"),
    ("audience", 40, "text"),
    ("components", 40, "text"),
    ("author", 40, "text"),
    ("centre", 30, "text"),
    ("status", 24, "text"),
    ("adopted", 12, "number"),
    ("sent", 17, "moment"),
    ("decided", 17, "moment"),
    ("confirmed", 17, "moment"),
)


def practices_sheet(rows: Sequence[Practice], components: Mapping[str, str], panel: Panel, *, names: bool) -> bytes:
    """Returns the practices, a row each. `names`: with their authors."""
    t = panel.t
    chosen = [one for one in COLUMNS if names or one[0] != "author"]
    columns = [Column(t.plain(f"practices.panel.column.{name}"), width, look) for name, width, look in chosen]
    title = t.plain("practices.panel.title")

    def line(row: Practice) -> list[Value]:
        days = (row.sent_at, row.decided_at, row.confirmed_at)
        return [
            row.title,
            row.audience,
            ", ".join(components.get(code, code) for code in row.component_codes),
            *([", ".join(authors_of(row))] * names),
            row.municipality.name if row.municipality else "",
            t.plain(f"practices.panel.status.{row.status.value}"),
            row.adopted,
            *(panel.local(day) if day else None for day in days),
        ]

    return workbook([Sheet(title, columns, (line(row) for row in rows))], title=title)
