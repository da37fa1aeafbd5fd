"""Files of evidence: what is let in, under which name, and what is swept out."""

import io
import os
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.errors import DomainError, NotFoundError
from db.storage import MAX_SIZE, Storage, clean_name, with_extension
from tests.applications.support import EXE, JPEG, PDF, PNG, docx


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return Storage(tmp_path)


def put(storage: Storage, content: bytes, name: str | None) -> tuple[str, str, str]:
    temporary = storage.incoming()
    temporary.write_bytes(content)
    kept = storage.keep(temporary, name)
    assert not temporary.exists()
    assert storage.path(kept.stored_name).read_bytes() == content
    assert kept.size == len(content)
    return kept.file_name, kept.stored_name.rpartition(".")[2], kept.media_type


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "name", "shown", "kind"),
    [
        (PDF, "справка.pdf", "справка.pdf", "pdf"),
        (PDF, "СПРАВКА.PDF", "СПРАВКА.PDF", "pdf"),
        (PNG, "экран.png", "экран.png", "png"),
        (JPEG, "фото.JPEG", "фото.JPEG", "jpg"),
        (docx(), "программа.docx", "программа.docx", "docx"),
        (PDF, "virus.exe", "virus.exe.pdf", "pdf"),
        (PNG, None, "document.png", "png"),
        (PDF, "../../etc/passwd", "passwd.pdf", "pdf"),
        (PDF, "C:\\Users\\a\\скан.pdf", "скан.pdf", "pdf"),
        (PDF, "отчёт\u202efdp.exe", "отчётfdp.exe.pdf", "pdf"),
        (PDF, "a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf", "pdf"),
    ],
)
def test_kept_by_what_is_in_it(storage: Storage, content: bytes, name: str | None, shown: str, kind: str) -> None:
    assert put(storage, content, name)[:2] == (shown, kind)


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (EXE, "справка.pdf", "document_kind"),
        (b"", "пусто.pdf", "document_empty"),
        (b"<html><script>alert(1)</script>", "страница.pdf", "document_kind"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "рисунок.png", "document_kind"),
        (zipped(**{"readme.txt": b"x"}), "архив.docx", "document_kind"),
        (b"PK\x03\x04 but no zip", "битый.docx", "document_kind"),
        (zipped(**{"[Content_Types].xml": b"x", "xl/workbook.xml": b"x"}), "таблица.docx", "document_broken"),
        (docx(extra={"word/vbaProject.bin": b"macro"}), "макрос.docx", "document_macros"),
        (docx(extra={"word/media/bomb": b"\0" * 30_000_000}), "бомба.docx", "document_broken"),
        (PDF + b"0" * MAX_SIZE, "большой.pdf", "document_large"),
    ],
)
def test_refused(storage: Storage, tmp_path: Path, content: bytes, name: str, code: str) -> None:
    temporary = storage.incoming()
    temporary.write_bytes(content)
    with pytest.raises(DomainError, match=code):
        storage.keep(temporary, name)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [], "nothing of a refused file stays"


@pytest.mark.parametrize("name", ["../secret", "a" * 32, "a" * 32 + ".exe", "/etc/passwd", "", "0" * 32 + ".pdf"])
def test_only_own_names_are_opened(storage: Storage, name: str) -> None:
    with pytest.raises(NotFoundError):
        storage.path(name)


def test_long_names_keep_their_ending() -> None:
    assert clean_name("о" * 300 + ".pdf") == "о" * 96 + ".pdf"


def test_a_document_has_one_ending() -> None:
    """A picture that was sent as a photo got the name `photo-286249533.jpg.png`."""
    assert with_extension("photo-286249533.jpg", "png") == "photo-286249533.png"
    assert with_extension("снимок.JPEG", "jpg") == "снимок.JPEG"
    assert with_extension("План.на 2026", "pdf") == "План.на 2026.pdf"
    assert with_extension("photo", "jpg") == "photo.jpg" and with_extension(".jpg", "png") == ".jpg.png"


def test_orphans_are_swept_after_an_hour(storage: Storage) -> None:
    now = datetime(2026, 3, 2, 6, tzinfo=UTC)

    def placed(age: timedelta) -> Path:
        temporary = storage.incoming()
        temporary.write_bytes(PDF)
        path = storage.path(storage.keep(temporary, "a.pdf").stored_name)
        moment = (now - age).timestamp()
        os.utime(path, (moment, moment))
        return path

    known, orphan, fresh = placed(timedelta(hours=3)), placed(timedelta(hours=3)), placed(timedelta(minutes=30))
    left = storage.incoming()
    left.write_bytes(b"half a download")
    os.utime(left, ((now - timedelta(hours=2)).timestamp(),) * 2)
    assert storage.sweep({known.name}, now) == 2
    assert (known.exists(), orphan.exists(), fresh.exists(), left.exists()) == (True, False, True, False)
