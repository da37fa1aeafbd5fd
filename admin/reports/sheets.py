"""Reports as XLSX: rows are written as they come, texts stay texts whatever they begin with."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import xlsxwriter

Value = str | int | float | None
Format = Literal["text", "number", "percent", "decimal"]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NUMBER_FORMATS = {"number": "0", "percent": "0%", "decimal": "0.0", "text": "@"}
RAMP = {
    **{f"{end}_type": "num" for end in ("min", "mid", "max")},
    "min_value": 0,
    "mid_value": 45,
    "max_value": 100,
    "min_color": "#D5E8DE",
    "mid_color": "#F8EBC0",
    "max_color": "#C8705A",
}
NAME_LIMIT = 31  # Excel's own
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


@dataclass(frozen=True, slots=True)
class Column:
    """A heading, its width in characters, and how values look. A `percent` is given as 0–1."""

    heading: str
    width: float = 14
    format: Format = "number"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet with a frozen heading. Columns from `coloured` on hold points of 0–100 and are coloured by them."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    total: Sequence[Value] | None = None
    coloured: int | None = None


def workbook(sheets: Sequence[Sheet], *, title: str, facts: Sequence[tuple[str, str]], about: str) -> bytes:
    """The file. Its last sheet, named `about`, tells what the report is of, in pairs of a name and a value."""
    target = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": title})
        heading = book.add_format(
            {"bold": True, "bg_color": "#E5F1EC", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
        )
        formats = {
            name: book.add_format({"num_format": shape, "valign": "top", "text_wrap": name == "text"})
            for name, shape in NUMBER_FORMATS.items()
        }
        totals = {
            name: book.add_format({"num_format": shape, "bold": True, "top": 1})
            for name, shape in NUMBER_FORMATS.items()
        }
        # Excel shows such a text with a mark that keeps it a text, also when somebody edits it or saves it as CSV.
        quoted = book.add_format({"quote_prefix": True, "valign": "top", "text_wrap": True})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name.translate(FORBIDDEN)[:NAME_LIMIT])
            page.freeze_panes(1, 1)
            page.set_landscape()
            page.fit_to_pages(1, 0)
            page.repeat_rows(0)
            for number, column in enumerate(sheet.columns):
                page.set_column(number, number, column.width)
                page.write_string(0, number, column.heading, heading)
            last = 0
            for last, row in enumerate(sheet.rows, 1):
                _write(page, last, row, sheet.columns, formats, quoted)
            page.autofilter(0, 0, last, len(sheet.columns) - 1)
            if sheet.total is not None:
                _write(page, last + 1, sheet.total, sheet.columns, totals, quoted)
            if sheet.coloured is not None:
                scale = {"type": "3_color_scale", **RAMP}
                page.conditional_format(1, sheet.coloured, last + 1, len(sheet.columns) - 1, scale)
        page = book.add_worksheet(about.translate(FORBIDDEN)[:NAME_LIMIT])
        page.set_column(0, 0, 32)
        page.set_column(1, 1, 90)
        page.write_string(0, 0, title, heading)
        for number, (name, value) in enumerate(facts, 2):
            page.write_string(number, 0, name, formats["text"])
            page.write_string(number, 1, value, quoted if value.startswith(FORMULA_STARTS) else formats["text"])
    return target.getvalue()


def _write(
    page: Any, number: int, row: Sequence[Value], columns: Sequence[Column], formats: dict[str, Any], quoted: Any
) -> None:
    for place, (value, column) in enumerate(zip(row, columns, strict=True)):
        if value is None:
            continue
        if isinstance(value, str):
            page.write_string(number, place, value, quoted if value.startswith(FORMULA_STARTS) else formats["text"])
        else:
            page.write_number(number, place, value, formats[column.format])
