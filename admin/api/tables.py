"""What leaves the panel for programs: a report as JSON or CSV, and the list of tokens for Excel."""

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from admin.panel import Panel
from admin.report import Book
from admin.sheets import FORMULA_STARTS, Column, Format, Sheet, Value, workbook
from db.api.rules import withheld
from db.api.staff_queries import TokenRow

QUOTE = "'"
COLUMNS: tuple[tuple[str, float, Format], ...] = (
    ("name", 40, "text"),
    ("account", 38, "text"),
    ("state", 26, "text"),
    ("expires", 18, "moment"),
    ("used", 18, "moment"),
    ("readings", 16, "number"),
    ("made_by", 38, "text"),
    ("made", 18, "moment"),
)


def as_tables(book: Book, *, beside: Collection[int] | None, least: int, masked: str) -> dict[str, Any]:
    """Returns a workbook as plain values.

    The groups of most reports are made when results are published. Where a report counts people as they come, `beside`
    says which of its columns of numbers count something else; rows of fewer than `least` people are told as `masked`.
    """
    return {
        "title": book.title,
        "facts": [{"name": name, "value": value} for name, value in book.facts],
        "tables": [_table(sheet, beside, least, masked) for sheet in book.sheets],
    }


def as_csv(table: Mapping[str, Any]) -> str:
    """Returns one table as CSV (RFC 4180); a text that a spreadsheet would take for a formula begins with a quote."""
    target = io.StringIO()
    writer = csv.writer(target)
    total = [table["total"]] if table["total"] is not None else []
    for row in (table["columns"], *table["rows"], *total):
        writer.writerow([_safe(value) for value in row])
    return target.getvalue()


def token_sheet(rows: Sequence[TokenRow], panel: Panel) -> bytes:
    """Returns the tokens as XLSX, a row each: whose eyes they read with, until when, and when they were used."""
    t = panel.t
    title = t.plain("api.panel.title")
    lines: list[list[Value]] = [
        [
            row.name,
            row.account,
            t.plain(f"api.panel.state.{row.state}"),
            panel.local(row.expires_at),
            panel.local(row.used_at) if row.used_at else None,
            row.readings,
            row.made_by,
            panel.local(row.made_at),
        ]
        for row in rows
    ]
    columns = [Column(t.plain(f"api.panel.{name}"), width, look) for name, width, look in COLUMNS]
    return workbook([Sheet(title, columns, lines)], title=title)


def _table(sheet: Sheet, beside: Collection[int] | None, least: int, masked: str) -> dict[str, Any]:
    rows = [[_plain(value) for value in row] for row in sheet.rows]
    if beside is not None:
        rows = _masked(rows, sheet.columns, beside, least, masked)
    return {
        "name": sheet.name,
        "columns": [column.heading for column in sheet.columns],
        "rows": rows,
        "total": [_plain(value) for value in sheet.total] if sheet.total is not None else None,
    }


def _masked(
    rows: list[list[Any]], columns: Sequence[Column], beside: Collection[int], least: int, masked: str
) -> list[list[Any]]:
    """Rows by the size of their group, which is the first number that counts people."""
    told = [place for place, column in enumerate(columns) if column.format != "text"]
    of_people = [place for place in told if place not in beside and columns[place].format == "number"]
    if not of_people:
        return rows
    hidden = withheld([row[of_people[0]] or 0 for row in rows], least)
    return [
        [masked if place in told else value for place, value in enumerate(row)] if number in hidden else row
        for number, row in enumerate(rows)
    ]


def _plain(value: Value) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _safe(value: Any) -> Any:
    return QUOTE + value if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
