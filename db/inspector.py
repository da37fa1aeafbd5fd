"""Reads one uploaded file in a process of its own, which may neither write nor last.

Whatever a file does to a parser, it does to this process alone. `db/inspection.py` starts it: `inspector.py
judge|pages|draw|bare FILE [PAGE]`.

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

ORIENTATION = 0x0112  # of EXIF: how a picture was held
TURNED = b"\xff\xe1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0T\0\0\0\0\0\0\0"
"""An EXIF segment that says how a picture was held and nothing else; T is the place of it."""
PACKED_ENDS = re.compile(rb"\xff(?![\x00\xd0-\xd7\xff])")
SEEN = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs".split())
"""Chunks of a PNG that a picture is seen by."""
EMPTIED = re.compile(rb"(?s)(^.*?)(<(?:\w+:)?(?:coreProperties|Properties)\b[^>]*?)/?>.*$")
NAMED = re.compile(rb"""(\sw(?:15)?:(?:author|initials|userId|providerId)=)(?:"[^"]*"|'[^']*')""")
"""Who made a remark or a change in a Word document."""


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


# --- what tells of its author ---


def bare(path: Path) -> bytes:
    """Returns a file that says neither who made it nor where and with what; what is to be seen in it stays.

    Nothing is drawn anew: a picture keeps every pixel and the way it is held, a PDF its pages. Raises RefusedFile.
    """
    ways = {"jpg": bare_jpeg, "png": bare_png, "docx": bare_docx, "pdf": _bare_pdf}
    try:
        return ways[kind_of(path) or ""](path.read_bytes())
    except (KeyError, IndexError, ValueError, OSError, SyntaxError, zipfile.BadZipFile, zlib.error, RuntimeError):
        raise RefusedFile("document_broken") from None


def bare_jpeg(data: bytes) -> bytes:
    """Copies a JPEG by its segments up to its end, without those of programs: EXIF, XMP, comments, a second picture."""
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=("JPEG",)) as picture:
        turned = int(picture.getexif().get(ORIENTATION, 1))
    kept, at = [data[:2]], 2
    if 1 < turned <= 8:
        kept.append(TURNED.replace(b"T", bytes([turned])))
    while data[at : at + 1] == b"\xff" and data[at + 1 : at + 2] != b"\xd9":
        marker, end = data[at + 1], at + 2 + int.from_bytes(data[at + 2 : at + 4])
        own = marker == 0xE2 and data[at + 4 : at + 16] == b"ICC_PROFILE\0"
        if own or marker in (0xE0, 0xEE) or not (0xE1 <= marker <= 0xEF or marker == 0xFE):
            kept.append(data[at:end])
        if marker == 0xDA:  # what is packed follows, up to the next FF that is followed by neither 0 nor a restart
            found = PACKED_ENDS.search(data, end)
            begins, end = end, found.start() if found else len(data)
            kept.append(data[begins:end])
        at = end
    return b"".join([*kept, b"\xff\xd9"])


def bare_png(data: bytes) -> bytes:
    """Copies a PNG by its chunks, without texts, times and EXIF."""
    kept, at = [data[:8]], 8
    kind = b""
    while at < len(data) and kind != b"IEND":
        kind, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4])
        if kind in SEEN:
            kept.append(data[at:end])
        at = end
    return b"".join(kept)


def bare_docx(data: bytes) -> bytes:
    """Writes a Word document anew with empty properties, nameless remarks and pictures that tell nothing."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        if bursts(archive.infolist()):
            raise ValueError("too large")
        for part in archive.infolist():
            content, name = archive.read(part), part.filename.lower()
            if name.startswith("docprops/") and name.endswith(".xml"):
                content = EMPTIED.sub(rb"\1\2/>", content)
            elif name.startswith("docprops/"):  # the first page as a small picture
                content = b""
            elif name.endswith(".xml") and name.startswith("word/"):
                content = NAMED.sub(rb'\1""', content)
            elif content.startswith(b"\xff\xd8\xff"):
                content = bare_jpeg(content)
            elif content.startswith(b"\x89PNG\r\n\x1a\n"):
                content = bare_png(content)
            made.writestr(zipfile.ZipInfo(part.filename), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _bare_pdf(data: bytes) -> bytes:
    """Copies the pages into a new document, which knows of no author."""
    from pypdfium2 import PdfDocument, PdfiumError

    target = io.BytesIO()
    try:
        made = PdfDocument.new()
        made.import_pages(PdfDocument(data))
        made.save(target)
    except PdfiumError:
        raise ValueError("not copied") from None
    return target.getvalue()


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
        elif way == "bare":
            sys.stdout.buffer.write(bare(path))
        else:
            sys.stdout.write(json.dumps(pages(path) if way == "pages" else judge(path)))
    except RefusedFile as refusal:
        sys.stdout.write(str(refusal))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
