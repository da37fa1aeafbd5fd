"""Tables as XLSX, for every export: rows are written as they come, texts stay texts whatever they begin with."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Value = str | int | float | datetime | None
Format = Literal["text", "number", "percent", "decimal", "general", "moment"]
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
NUMBER_FORMATS = {"number": "0", "percent": "0%", "decimal": "0.0", "text": "@"}
NUMBER_FORMATS |= {"general": "General", "moment": "dd.mm.yyyy hh:mm"}
WRAPPED = frozenset({"text", "general"})
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
    """A heading, its width in characters, and how values look. A `percent` is given as 0–1, a `moment` is local."""

    heading: str
    width: float = 14
    format: Format = "number"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet with a frozen heading. Columns from `coloured` on hold points of 0–100 and are coloured by them.

    A `framed` sheet is a list to be printed and filled in: a line around every field, nothing to filter by. `lead` are
    lines above the heading, the first of them large; `frozen` is how many columns stay when one scrolls.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    total: Sequence[Value] | None = None
    coloured: int | None = None
    lead: Sequence[str] = ()
    framed: bool = False
    frozen: int = 1


def workbook(sheets: Sequence[Sheet], *, title: str, facts: Sequence[tuple[str, str]] = (), about: str = "") -> bytes:
    """Returns the file. Its last sheet, named `about`, tells what the report is of, in pairs of a name and a value."""
    target = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": title})
        looks = {framed: _Looks(book, framed=framed) for framed in {sheet.framed for sheet in sheets} | {False}}
        for sheet in sheets:
            _sheet(book.add_worksheet(_name(sheet.name)), sheet, looks[sheet.framed])
        if about:
            _about(book.add_worksheet(_name(about)), title, facts, looks[False])
    return target.getvalue()


class _Looks:
    """The formats of one kind of sheet."""

    def __init__(self, book: Any, *, framed: bool) -> None:
        edge = {"border": 1} if framed else {}
        head = {"border": 1, "valign": "top"} if framed else {"bottom": 1, "valign": "vcenter"}
        self.framed = framed
        # Excel shows a quoted text with a mark that keeps it a text, also when somebody edits it or saves it as CSV.
        kept = {"quote_prefix": True}
        self.title = book.add_format({"bold": True, "font_size": 14, **kept})
        self.lead = book.add_format(kept)
        self.heading = book.add_format({"bold": True, "bg_color": "#E5F1EC", "text_wrap": True, **kept, **head})
        self.values = {
            name: book.add_format({"num_format": shape, "valign": "top", "text_wrap": name in WRAPPED, **edge})
            for name, shape in NUMBER_FORMATS.items()
        }
        self.totals = {
            name: book.add_format({"num_format": shape, "bold": True, "top": 1})
            for name, shape in NUMBER_FORMATS.items()
        }
        self.quoted = book.add_format({**kept, "valign": "top", "text_wrap": True, **edge})


def _sheet(page: Any, sheet: Sheet, looks: _Looks) -> None:
    top = len(sheet.lead) + 1 if sheet.lead else 0
    for place, text in enumerate(sheet.lead):
        page.write_string(place, 0, text, looks.title if place == 0 else looks.lead)
    page.freeze_panes(top + 1, sheet.frozen)
    if not sheet.framed:
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.repeat_rows(top)
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width)
        page.write_string(top, number, column.heading, looks.heading)
    last = top
    for last, row in enumerate(sheet.rows, top + 1):
        _write(page, last, row, sheet.columns, looks, looks.values)
    if not sheet.framed:
        page.autofilter(top, 0, last, len(sheet.columns) - 1)
    if sheet.total is not None:
        _write(page, last + 1, sheet.total, sheet.columns, looks, looks.totals)
    if sheet.coloured is not None:
        scale = {"type": "3_color_scale", **RAMP}
        page.conditional_format(top + 1, sheet.coloured, last + 1, len(sheet.columns) - 1, scale)


def _about(page: Any, title: str, facts: Sequence[tuple[str, str]], looks: _Looks) -> None:
    page.set_column(0, 0, 32)
    page.set_column(1, 1, 90)
    page.write_string(0, 0, title, looks.heading)
    for number, (name, value) in enumerate(facts, 2):
        page.write_string(number, 0, name, looks.values["text"])
        page.write_string(number, 1, value, _text(value, looks, looks.values))


def _write(
    page: Any, number: int, row: Sequence[Value], columns: Sequence[Column], looks: _Looks, formats: dict[str, Any]
) -> None:
    for place, (value, column) in enumerate(zip(row, columns, strict=True)):
        if isinstance(value, str):
            page.write_string(number, place, value, _text(value, looks, formats))
        elif isinstance(value, datetime):
            page.write_datetime(number, place, value.replace(tzinfo=None), formats[column.format])
        elif value is not None:
            page.write_number(number, place, value, formats[column.format])
        elif looks.framed:
            page.write_blank(number, place, None, formats["general"])


def _text(value: str, looks: _Looks, formats: dict[str, Any]) -> Any:
    return looks.quoted if value.startswith(FORMULA_STARTS) else formats["text"]


def _name(text: str) -> str:
    return text.translate(FORBIDDEN)[:NAME_LIMIT]
