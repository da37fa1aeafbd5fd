"""Reads a table that a spreadsheet saved as text: any of its encodings and delimiters, a title above the header."""

import codecs
import csv
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from db.texts import plain

DELIMITERS = ";,\t"
HEADER_WITHIN = 10  # rows


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of the file, by its last line, and what stands in its columns. `extra` stands right of the last column."""

    line: int
    values: dict[str, str]
    extra: bool


def read_table(path: Path, *, needed: Collection[str]) -> list[SheetRow]:
    """Returns the rows under the header that names all `needed` columns; blank rows are left out.

    Raises OSError, or ValueError with a plain reason.
    """
    lines = _decoded(path.read_bytes()).splitlines(keepends=True)
    asked = lines[0].strip() if lines else ""
    if asked.lower().startswith("sep=") and len(asked) == 5:
        lines[0] = "\n"
        delimiters = asked[4]
    else:
        delimiters = "".join(sorted(DELIMITERS, key="".join(lines[:HEADER_WITHIN]).count, reverse=True))
    missing: set[str] = set(needed)
    for delimiter in delimiters:
        header: list[str] | None = None
        found: list[SheetRow] = []
        for number, (line, cells) in enumerate(_rows(lines, delimiter)):
            if header is not None:
                values = dict(zip(header, cells, strict=False))
                if any(cells):
                    found.append(SheetRow(line, values, any(cells[len(header) :])))
                continue
            names = [cell.lower() for cell in cells]
            if set(needed) <= set(names):
                header = names
                continue
            missing = min(missing, set(needed) - set(names), key=len)
            if number >= HEADER_WITHIN:
                break
        if header is not None:
            return found
    raise ValueError(f"a row at the top must name the columns; missing: {', '.join(sorted(missing))}")


def _rows(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        for row in reader:
            yield reader.line_num, [plain(cell) for cell in row]
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from None


def _decoded(content: bytes) -> str:
    if content.startswith(b"PK\x03\x04"):
        raise ValueError("this is a workbook, not a text: save it as «CSV UTF-8» and import that file")
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
