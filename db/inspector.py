"""Reads one uploaded file in a process of its own, which may neither write nor last.

Whatever a file does to a parser, it does to this process alone. `db/inspection.py` starts it: `inspector.py
judge|pages|draw FILE [PAGE]`.

It imports nothing of the house and answers in JSON, or with the bytes of a picture.
"""

import contextlib
import io
import json
import os
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

MEGABYTE = 1024 * 1024
LIMITS = {
    resource.RLIMIT_CPU: 5,  # seconds; an honest file of 20 MB takes less than one
    resource.RLIMIT_AS: 512 * MEGABYTE,
    resource.RLIMIT_FSIZE: 0,
    resource.RLIMIT_CORE: 0,
}
UNPACKED_LIMIT = 200 * MEGABYTE
RATIO_LIMIT = 100
PARTS_LIMIT = 3000
DIRECTORY_LIMIT = MEGABYTE
TAIL = 22 + 65_535  # a zip's last record with its comment
RELATIONS_LIMIT = 4 * MEGABYTE
CONTENT_TYPES = "[Content_Types].xml"
MAIN_PART = re.compile(r"/?word/[\w.-]+\.xml")
ON_OWN_DISK = re.compile(r"(file:///)?[A-Za-z]:[\\/](?![\\/]).*|file:///[A-Za-z][^\\]*", re.DOTALL)
MOST_PIXELS = 100_000_000
MOST_PAGES = 50
LONG_SIDE = 1700
"""In pixels: what a page's picture measures at most, enough to read a form's small print on a desk."""
MOST_ENLARGED = 4
END = 8192  # where the end mark of a whole PDF is, counted from the file's end
ACTS = re.compile(rb"stream\r?\n.*?endstream|/(JavaScript|JS|Launch|XFA)(?![^\s/<>\[\](){}%])", re.DOTALL)
"""What a PDF does by itself. Streams are passed over: in packed bytes three letters come by chance."""


class RefusedFile(Exception):
    """The file is not taken; the text is the code of the refusal, for a form with what it is about after a colon."""


def judge(path: Path) -> str:
    """Returns what a file is (pdf, docx, jpg, png).

    Raises RefusedFile for what is something else, is broken, or does more than to be looked at.
    """
    kind = kind_of(path)
    if kind is None:
        raise RefusedFile("document_kind")
    if kind == "pdf":
        _check_pdf(path)
    elif kind == "docx":
        _check_docx(path)
    else:
        _check_picture(path)
    return kind


def kind_of(path: Path) -> str | None:
    """Returns what a file is by its first bytes: pdf, docx (any zip of its parts), jpg, png; nothing for all else."""
    with path.open("rb") as file:
        head = file.read(8)
    if head.removeprefix(b"\xef\xbb\xbf").startswith(b"%PDF-"):
        return "pdf"
    if head == b"\x89PNG\r\n\x1a\n":
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"PK\x03\x04") and small_directory(path) and _has_types(path):
        return "docx"
    return None


# --- pictures and PDF ---


def _check_picture(path: Path) -> None:
    """Reads no more than the header: the pixels of a bomb are in what follows."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # ours is asked below
    try:
        with Image.open(path, formats=("JPEG", "PNG")) as picture:
            width, height = picture.size
    except (OSError, ValueError, SyntaxError):
        raise RefusedFile("document_broken") from None
    if width * height > MOST_PIXELS:
        raise RefusedFile("document_pixels")


def _check_pdf(path: Path) -> None:
    from pypdfium2 import PdfiumError, raw

    document = _opened(path)
    try:
        document[0].close()
    except (PdfiumError, IndexError):
        raise RefusedFile("document_broken") from None
    if not raw.FPDF_DocumentHasValidCrossReferenceTable(document) and not _has_end(path):
        raise RefusedFile("document_broken")  # half a file, of which some pages could be found
    # Written anew nothing is packed or encrypted, and every name is spelled in one way.
    plain = io.BytesIO()
    document.save(plain, flags=raw.FPDF_REMOVE_SECURITY)
    if any(found[1] for found in ACTS.finditer(plain.getbuffer())):
        raise RefusedFile("document_active")


def pages(path: Path) -> dict[str, Any]:
    """Returns how many pages a PDF has, and the sizes of the first ones in points."""
    document = _opened(path)
    sizes = [document.get_page_size(number) for number in range(min(len(document), MOST_PAGES))]
    return {"count": len(document), "sizes": sizes}


def draw(path: Path, number: int) -> bytes:
    """Returns a page as a JPEG of bounded size; the first page is 1. Raises RefusedFile."""
    document = _opened(path)
    if not 1 <= number <= min(len(document), MOST_PAGES):
        raise RefusedFile("not_found")
    document.init_forms()  # else what was filled into a form is not seen
    page = document[number - 1]
    scale = min(LONG_SIDE / max(*page.get_size(), 1), MOST_ENLARGED)
    target = io.BytesIO()
    page.render(scale=scale).to_pil().convert("RGB").save(target, "JPEG", quality=85)
    return target.getvalue()


def _opened(path: Path) -> Any:
    from pypdfium2 import PdfDocument, PdfiumError, raw

    try:
        return PdfDocument(path)
    except PdfiumError as error:
        locked = error.err_code == raw.FPDF_ERR_PASSWORD
        raise RefusedFile("document_locked" if locked else "document_broken") from None


def _has_end(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - END))
        return b"%%EOF" in file.read()


# --- Word ---


def _check_docx(path: Path) -> None:
    """Checks that a zip is a Word document that runs and fetches nothing and unpacks to a sensible size."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if bursts(parts):
                raise RefusedFile("document_broken")
            names = {part.filename for part in parts}
            relations = [
                attributes
                for part in parts
                if part.filename.lower().endswith(".rels")
                for _, attributes in _elements(archive, part)
            ]
            types = [attributes for _, attributes in _elements(archive, archive.getinfo(CONTENT_TYPES))]
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, LookupError, RuntimeError, SyntaxError):
        raise RefusedFile("document_broken") from None
    if any(_runs(one.get("ContentType", "")) for one in types) or any("vbaproject" in name.lower() for name in names):
        raise RefusedFile("document_macros")
    if any(_runs(relation.get("Type", "")) for relation in relations):
        raise RefusedFile("document_macros")
    if any(_fetches(relation) for relation in relations):
        raise RefusedFile("document_fetches")
    named = [one.get("Target", "") for one in relations if one.get("Type", "").endswith("/officeDocument")]
    if not any(MAIN_PART.fullmatch(name) and name.lstrip("/") in names for name in named or ["word/document.xml"]):
        raise RefusedFile("document_broken")


def small_directory(path: Path) -> bool:
    """Returns whether a zip's table of contents is of a document's size.

    It is looked at before it is read: one of 20 MB holds half a million entries, and each takes memory.
    """
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        tail = file.read()
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or len(tail) < end + 22 or b"PK\x06\x07" in tail[max(0, end - 20) : end]:
        return False  # no zip, or one for more than 4 GB
    return int.from_bytes(tail[end + 12 : end + 16], "little") <= DIRECTORY_LIMIT


def _has_types(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return CONTENT_TYPES in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def bursts(parts: list[zipfile.ZipInfo]) -> bool:
    """Whether a zip holds more than a document does, or the same name twice."""
    bomb = any(
        part.file_size > MEGABYTE and part.file_size > RATIO_LIMIT * max(part.compress_size, 1) for part in parts
    )
    names = {part.filename for part in parts}
    unpacked = sum(part.file_size for part in parts)
    return bomb or unpacked > UNPACKED_LIMIT or len(parts) > PARTS_LIMIT or len(names) < len(parts)


def _elements(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[tuple[str, dict[str, str]]]:
    """Returns the names and attributes of a part's elements, in whatever namespace and encoding.

    Raises ValueError for one that is too large or declares a DTD, SyntaxError for what is no XML.
    """
    from defusedxml import ElementTree

    if part.file_size > RELATIONS_LIMIT:
        raise ValueError("too large")
    with archive.open(part) as file:
        for _, element in ElementTree.iterparse(file, forbid_dtd=True):
            yield element.tag.rpartition("}")[2], {key.rpartition("}")[2]: value for key, value in element.items()}
            element.clear()


def _fetches(relation: dict[str, str]) -> bool:
    """Returns whether it makes Word fetch something when the document is opened.

    That is whatever is outside, but a link that a person follows and a template on the author's own disk.
    """
    if relation.get("TargetMode", "").strip().lower() != "external":
        return False
    kind = relation.get("Type", "").rpartition("/")[2]
    own = kind == "attachedTemplate" and ON_OWN_DISK.fullmatch(unquote(relation.get("Target", "")))
    return kind != "hyperlink" and not own


def _runs(kind: str) -> bool:
    """Whether a content type or a relation is that of macros, whatever the part is called."""
    return "macroenabled" in kind.lower() or "vbaproject" in kind.lower()


def bound() -> None:
    """Puts this process under its limits, behind all others."""
    os.nice(5)
    for what, most in LIMITS.items():
        with contextlib.suppress(ValueError, OSError):  # macOS bounds no address space
            resource.setrlimit(what, (most, most))


def main(way: str, file: str, *more: str) -> int:
    """Answers one question about one file. Returns 0; 1 for a refusal, whose code is what it says."""
    bound()
    path = Path(file)
    try:
        if way == "draw":
            sys.stdout.buffer.write(draw(path, int(more[0])))
        else:
            sys.stdout.write(json.dumps(pages(path) if way == "pages" else judge(path)))
    except RefusedFile as refusal:
        sys.stdout.write(str(refusal))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
