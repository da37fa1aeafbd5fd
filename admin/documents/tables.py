"""The documents as a table for Excel."""

from collections.abc import Sequence

from admin.panel import Panel
from admin.sheets import Column, Format, Sheet, workbook
from db.documents.models import OfficialDocument

COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("number", 20, "text"),
    ("signed_on", 12, "text"),
    ("title_column", 70, "text"),
    ("heading", 50, "text"),
    ("founded", 50, "text"),
    ("kind", 18, "text"),
    ("level", 18, "text"),
    ("link", 40, "text"),
    ("source", 40, "text"),
)


def documents_sheet(rows: Sequence[OfficialDocument], panel: Panel) -> bytes:
    """Returns the documents as XLSX, a row each."""
    t = panel.t
    columns = [Column(t.plain(f"settings.documents.{name}"), width, look) for name, width, look in COLUMNS]
    title = t.plain("settings.documents.title")
    lines = (
        [
            row.number,
            f"{row.signed_on:%d.%m.%Y}" if row.signed_on else "",
            row.title,
            "\n".join([*row.header, *([row.heading] if row.heading else [])]),
            row.founded,
            t.plain(f"settings.documents.kind.{row.kind}"),
            t.plain(f"settings.documents.level.{row.level}"),
            row.link,
            row.source,
        ]
        for row in rows
    )
    return workbook([Sheet(title, columns, lines)], title=title)
