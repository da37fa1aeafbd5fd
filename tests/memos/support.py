"""Word files for tests of forms: honest ones, and those that mean harm."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from docx import Document

from db.memos.rules import Memo, MemoKind, MemoPart, MemoTable, form_values

MEMO = Memo(
    kind=MemoKind.YEAR,
    title="Аналитическая справка за год",
    service="Служба <и> «Центр» & Ко",
    unit="Вся служба",
    since=date(2025, 9, 1),
    made=date(2026, 3, 2),
    parts=[
        MemoPart(
            MemoKind.EVENTS,
            "События",
            ["За период — 3 события.", "Пришли 54 человека."],
            [MemoTable("months", "По месяцам", ["Месяц", "Событий"], [["Февраль", "2"], ["Март", "1"]], "Источник")],
        )
    ],
)
VALUES = form_values(MEMO, "1 сентября 2025 года", "2 марта 2026 года")


def form(*paragraphs: str, table: Sequence[Sequence[str]] = (), header: str = "", footer: str = "") -> bytes:
    """A Word file with these texts."""
    word = Document()
    for text in paragraphs:
        word.add_paragraph(text)
    if table:
        grid = word.add_table(rows=len(table), cols=len(table[0]))
        for row, values in zip(grid.rows, table, strict=True):
            for cell, value in zip(row.cells, values, strict=True):
                cell.text = value
    if header:
        word.sections[0].header.paragraphs[0].text = header
    if footer:
        word.sections[0].footer.paragraphs[0].text = footer
    target = io.BytesIO()
    word.save(target)
    return target.getvalue()


def parts(content: bytes, change: Callable[[dict[str, bytes]], Any]) -> bytes:
    """The same zip with some of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    change(found)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in found.items():
            archive.writestr(name, part)
    return target.getvalue()


def body(xml: str, *more: str) -> bytes:
    """A form with a piece of XML put before its end; `xml` of more than one part goes there as it is."""

    def put(found: dict[str, bytes]) -> None:
        document = found["word/document.xml"].decode()
        found["word/document.xml"] = document.replace("<w:sectPr", f"{xml}<w:sectPr", 1).encode()

    return parts(form("{{ title }}", *more), put)


def relation(kind: str, target: str, mode: str = "External") -> bytes:
    """A form with one more relation of its document."""

    def put(found: dict[str, bytes]) -> None:
        name = "word/_rels/document.xml.rels"
        base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        one = f'<Relationship Id="rId99" Type="{base}/{kind}" Target="{target}" TargetMode="{mode}"/>'
        found[name] = found[name].decode().replace("</Relationships>", one + "</Relationships>").encode()

    return parts(form("{{ title }}"), put)


def kept(folder: Path, content: bytes) -> Path:
    """The file on the disk."""
    path = folder / "form.docx"
    path.write_bytes(content)
    return path


def words(content: bytes) -> list[str]:
    """All texts of a Word file, cells and margins too."""
    word = Document(io.BytesIO(content))
    edges = [*word.sections[0].header.paragraphs, *word.sections[0].footer.paragraphs]
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return [*(one.text for one in (*word.paragraphs, *edges)), *cells]
