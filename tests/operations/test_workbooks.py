"""People come in from .xlsx itself, by the code that reads a CSV."""

import tracemalloc
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from db import spreadsheet
from db.people.importing import COLUMNS, RowRefusedError, day_in
from db.spreadsheet import read_grid
from tests.operations.conftest import Run, said
from tests.operations.test_commands import HEADER, ask, csv

NAMES = HEADER.strip().split(";")
DAY = datetime(2026, 1, 15)


def xlsx(tmp_path: Path, *rows: list[Any], sheets: int = 1, above: int = 0) -> str:
    """A workbook as a methodist keeps it: a title and blank rows above the header, a sheet of notes before."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for _ in range(sheets - 1):
        sheet.append(["Заметки"])
        sheet = book.create_sheet()
    if above:
        sheet.append(["Список педагогов"])
        for _ in range(above - 1):
            sheet.append([None])
    for row in (NAMES, *rows):
        sheet.append(row)
    book.save(tmp_path / "люди.xlsx")
    return str(tmp_path / "люди.xlsx")


@pytest.fixture
def ready(call: Run, sqlite_url: str) -> Run:
    """Commands on a database with the pack."""
    assert sqlite_url
    return call


def test_a_workbook_is_read_with_its_days_and_numbers(ready: Run, tmp_path: Path) -> None:
    """Russian Excel keeps .xlsx: «save it as CSV» was the answer to what everybody has."""
    file = xlsx(
        tmp_path,
        ["Королёва Анна", "Челябинский ГО", "МБОУ СОШ №3", "Учитель", "Математика", "Высшая", 12.0, DAY],
        [None, " ", None],
        ["Белова Марина", "Челябинский ГО", "СОШ № 3", None, None, None, 5, date(2026, 1, 15)],
        ["Ким Ольга", "Миасский ГО", None, None, None, None, "7,0", 46037],
        ["Петрова Мария", "Миасский ГО", None, None, None, None, None, "15.01.2026"],
        sheets=2,
        above=3,
    )
    assert said(ready("import-people", file)) == ["4 people imported, 0 were there already"]
    assert ask(tmp_path, "SELECT count(DISTINCT organisation_id), sum(experience_years) FROM person") == [(1, 24)]
    assert ask(tmp_path, "SELECT DISTINCT given_at FROM consent") == [("2026-01-15 00:00:00.000000",)]
    table = csv(tmp_path, "Королёва Анна;Челябинский ГО;СОШ № 3;;;;;2026-01-15")
    assert said(ready("import-people", table)) == ["0 people imported, 1 were there already"]


def test_a_day_that_shows_its_time_is_that_day_wherever_it_stands(tmp_path: Path) -> None:
    """A cell of Russian Excel with a day and a time is saved as «15.01.2026 10:30», and the row was refused for it."""
    moments = [datetime(2026, 1, 15, 10, 30), DAY, date(2026, 1, 15)]
    file = xlsx(tmp_path, *([None] * 7 + [moment] for moment in moments))
    found = read_grid(Path(file), fits=named)
    assert [cells[-1] for _, cells in found.rows] == ["2026-01-15"] * 3, (
        "no list has to know how a workbook keeps a day"
    )
    for typed in ("15.01.2026 10:30", "15.01.2026 0:00:00", "2026-01-15 00:00:00", "2026-01-15T10:30", "46037.4375"):
        assert day_in(typed, "consent_date") == date(2026, 1, 15), typed
    for typed in ("15.01.2026 в обед", "15.01.2026, 10:30 и 11:30", "31.02.2026 10:30"):
        with pytest.raises(RowRefusedError):
            day_in(typed, "consent_date")


def test_a_wrong_row_of_a_workbook_is_told_by_its_number_in_it(ready: Run, tmp_path: Path) -> None:
    file = xlsx(
        tmp_path,
        ["Королёва Анна", "Миасский ГО", None, None, None, None, None, DAY],
        [],
        ["=A1&B1", "Миасский ГО", None, None, None, None, None, DAY],
        ["Белова Марина", "Атлантида", None, None, None, None, None, DAY],
        above=2,
    )
    lines = said(ready("import-people", file))
    assert [line.split(":")[0] for line in lines] == ["line 6", "line 7", "nothing was imported"]
    assert "full_name" in lines[0] and "Атлантида" in lines[1]


def rewritten(file: str, part: str, content: bytes) -> None:
    """Puts another content in the place of a workbook's part."""
    with zipfile.ZipFile(file) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, had in (parts | {part: content}).items():
            archive.writestr(name, had)


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/media/zeros.bin", b"\0" * 30_000_000),
        ("xl/worksheets/sheet1.xml", LAUGHS),
        ("xl/sharedStrings.xml", LAUGHS.decode().encode("utf-16")),
        ("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row r='1'><c t='s'><v>99999</v></c></row>"),
        ("xl/workbook.xml", b""),
    ],
    ids=["bomb", "entities", "utf-16", "torn", "empty"],
)
def test_a_hostile_or_torn_workbook_is_refused_in_words(ready: Run, tmp_path: Path, part: str, content: bytes) -> None:
    file = xlsx(tmp_path, ["Королёва Анна", "Миасский ГО", None, None, None, None, None, DAY])
    rewritten(file, part, content)
    done = ready("import-people", file)
    assert done.returncode == 1 and "the workbook can't be read" in said(done)[0] and len(said(done)) == 1


def test_an_old_or_locked_workbook_says_what_to_do(ready: Run, tmp_path: Path) -> None:
    old = tmp_path / "люди.xls"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512)
    assert "save it as .xlsx without one" in said(ready("import-people", str(old)))[0]


def test_a_workbook_without_the_columns_names_them(ready: Run, tmp_path: Path) -> None:
    book = Workbook()
    book.save(tmp_path / "пусто.xlsx")
    assert (
        "missing: consent_date, full_name, municipality"
        in said(ready("import-people", str(tmp_path / "пусто.xlsx")))[0]
    )


def named(header: Sequence[str]) -> int:
    """How many of the two columns that every list has a row names."""
    return len(set(COLUMNS[:2]) & {name.lower() for name in header})


FAR = b'<row r="300000"><c r="A300000"><v>1</v></c></row>'
WIDE = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (line, line) for line in range(3, 43))


@pytest.mark.parametrize("rows", [FAR, WIDE], ids=["far", "wide"])
def test_a_cell_far_off_does_not_fill_the_memory_with_what_is_empty_before_it(tmp_path: Path, rows: bytes) -> None:
    """Five kilobytes with a row 99,999,999 took all four gigabytes there were; 2,000 wide rows took forty seconds."""
    file = xlsx(tmp_path, ["Королёва Анна", "Миасский ГО", None, None, None, None, None, DAY])
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(file) as archive:
        content = archive.read(part)
    rewritten(file, part, content.replace(b"</sheetData>", rows + b"</sheetData>"))
    tracemalloc.start()
    try:
        found = read_grid(Path(file), fits=named)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "Королёва Анна" in found.rows[0][1]
    assert peak < 4_000_000


def test_a_table_larger_than_any_register_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people = [["Королёва Анна", "Миасский ГО", None, None, None, None, None, DAY]] * 6
    file = xlsx(tmp_path, *people)
    monkeypatch.setattr(spreadsheet, "MOST_ROWS", 5)
    with pytest.raises(ValueError, match="more than 5 rows: import it in parts"):
        read_grid(Path(file), fits=named)
    text = tmp_path / "люди.csv"
    text.write_text("x" * 100)
    monkeypatch.setattr(spreadsheet, "MOST_BYTES", 99)
    with pytest.raises(ValueError, match="larger than 0 MB: import it in parts"):
        read_grid(text, fits=named)


def test_what_a_table_says_it_is_parted_by_parts_it(tmp_path: Path) -> None:
    """`sep=` names what Excel is to part by, whatever that is; elsewhere than in our own list it was one column."""
    file = tmp_path / "таблица.csv"
    file.write_text("sep=|\nfull_name|municipality\nКоролёва Анна|Миасский ГО\n", encoding="utf-8")
    grid = read_grid(file, fits=lambda names: len(set(names) & set(COLUMNS)))
    assert grid.header == ["full_name", "municipality"]
    assert [row for _, row in grid.rows] == [["Королёва Анна", "Миасский ГО"]]
