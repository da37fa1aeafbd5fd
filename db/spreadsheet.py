"""Reads a table that a spreadsheet saved: a workbook, or a text in any of its encodings and delimiters.

A title may stand above the header.
"""

import codecs
import csv
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from defusedxml import ElementTree

from db.inspector import MEGABYTE, bursts, small_directory
from db.texts import plain

DELIMITERS = ";,\t"
HEADER_WITHIN = 10  # rows
MOST_BYTES = 64 * MEGABYTE
"""Of a file, and of what a workbook unpacks to: a register of a hundred thousand people is smaller."""
MOST_ROWS, MOST_COLUMNS = 100_000, 200
LAST_ROW = 1_048_576  # Excel's own


class TooLargeError(ValueError):
    """Raised for a table that nobody keeps of people: reading it would fill the machine."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as it stands: names of columns, then rows with their lines; a row may be shorter or longer."""

    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_grid(path: Path, *, fits: Callable[[Sequence[str]], int], form: Callable[[str], str] = plain) -> Grid:
    """Returns the table under the row whose names fit best, of whatever sheet and delimiter; blank rows are left out.

    `form` is what is made of every cell, one plain line by default. Above a cell that is empty because it is joined
    with the one above, that one's name counts. Raises OSError, or ValueError with a plain reason.
    """
    best, found = -1, Grid([], [])
    for reading in _readings(path, form):
        rows, above = [(line, cells) for line, cells in reading if any(cells)], list[str]()
        for number, (_, cells) in enumerate(rows[:HEADER_WITHIN]):
            width = max(len(cells), len(above))
            own = [*cells, *[""] * (width - len(cells))]
            names = [name or (above[place] if place < len(above) else "") for place, name in enumerate(own)]
            if (score := fits(names)) > best:
                best, found = score, Grid(names, rows[number + 1 :])
            above = own
    return found


def _readings(path: Path, form: Callable[[str], str] = plain) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """The ways to read a file, the likeliest first: each sheet of a workbook, each delimiter of a text."""
    if path.stat().st_size > MOST_BYTES:
        raise TooLargeError(f"larger than {MOST_BYTES // MEGABYTE} MB: import it in parts")
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(b"PK\x03\x04"):
        yield from _sheets(path, form)
        return
    if head == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise ValueError("an .xls of an old Excel, or a workbook with a password: save it as .xlsx without one")
    lines = _decoded(path.read_bytes()).splitlines(keepends=True)
    asked = lines[0].strip() if lines else ""
    if asked.lower().startswith("sep=") and len(asked) == 5:
        lines[0] = "\n"
        delimiters = asked[4]
    else:
        delimiters = "".join(sorted(DELIMITERS, key="".join(lines[:HEADER_WITHIN]).count, reverse=True))
    for delimiter in delimiters:
        yield _rows(lines, delimiter, form)


def _sheets(path: Path, form: Callable[[str], str]) -> Iterator[Iterator[tuple[int, list[str]]]]:
    from openpyxl import load_workbook  # a third of a second, for a file that comes once a year

    refused = (BadZipFile, zlib.error, LookupError, ValueError, TypeError, SyntaxError, AttributeError, RuntimeError)
    broken = ValueError("the workbook can't be read: save it anew as .xlsx, or save it as «CSV UTF-8»")
    try:
        _check_zip(path)
        with path.open("rb") as file:
            for sheet in load_workbook(file, read_only=True, data_only=False, keep_links=False).worksheets:
                sheet.reset_dimensions()  # what other programs write there may be wrong
                yield iter(list(_filled(sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True), form)))
    except TooLargeError:
        raise
    except (*refused, EOFError, OSError):  # the last two: parts that are not where the zip's own list has them
        raise broken from None


def _filled(rows: Iterable[Sequence[object]], form: Callable[[str], str]) -> Iterator[tuple[int, list[str]]]:
    """Rows with something in them by their numbers, up to their last cell.

    One cell far off stands for all that is empty before it, in columns and in rows: a few bytes make gigabytes.
    """
    found = 0
    for line, cells in zip(range(1, LAST_ROW + 1), rows, strict=False):
        width = max((place for place, cell in enumerate(cells, 1) if cell is not None), default=0)
        found += width > 0
        if found > MOST_ROWS:
            raise TooLargeError(f"more than {MOST_ROWS} rows: import it in parts")
        if width:
            yield line, [form(_typed(cell)) for cell in cells[:width]]


def _check_zip(path: Path) -> None:
    """Refuses a zip that is no table.

    Raises ValueError for one that unpacks to more than a table does, is packed as no table is or whose XML declares a
    DTD, SyntaxError for what is no XML.
    """
    if not small_directory(path):
        raise ValueError("too many parts")
    with ZipFile(path) as archive:
        if bursts(archive.infolist()) or sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
            raise ValueError("a bomb")
        if any(part.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for part in archive.infolist()):
            raise ValueError("packed in a way of its own")
        for part in archive.infolist():
            if part.filename.lower().endswith((".xml", ".rels")):
                with archive.open(part) as file:
                    for _, element in ElementTree.iterparse(file, forbid_dtd=True):
                        element.clear()


def _typed(cell: object) -> str:
    """A cell as one would have typed it: a workbook keeps days and numbers as what they are."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def _rows(lines: list[str], delimiter: str, form: Callable[[str], str]) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for row in reader:
            yield reader.line_num, [form(cell) for cell in row[:MOST_COLUMNS]]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from None


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        lenient = content.decode(errors="replace")
        wrong = lenient.count("\ufffd")
        if sum(not letter.isascii() for letter in lenient) > 2 * wrong:  # one wrong byte is no other encoding
            line = content.count(b"\n", 0, error.start) + 1
            raise ValueError(f"line {line}: a byte that is no UTF-8; save the file anew as «CSV UTF-8»") from None
        return content.decode("cp1251", errors="replace")
