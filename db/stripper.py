"""Copies a file without what tells of its author, in a process of its own, under the inspector's limits.

`db/inspection.py` starts it: `stripper.py bare FILE`. It answers with the bytes of the copy.
"""

import io
import re
import struct
import sys
import zipfile
import zlib
from pathlib import Path

if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parents[1]))  # behind all else: nothing of ours takes a library's name

from db.inspector import RefusedFile, bound, bursts, kind_of

ORIENTATION = 0x0112  # of EXIF: how a picture was held
TURNED = b"\xff\xe1\x00\x22Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0T\0\0\0\0\0\0\0"
"""An EXIF segment that says how a picture was held and nothing else; T is the place of it."""
PACKED_ENDS = re.compile(rb"\xff(?![\x00\xd0-\xd7\xff])")
SEEN = frozenset(b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP sBIT bKGD pHYs".split())
"""Chunks of a PNG that a picture is seen by."""
EMPTIED = re.compile(rb"(?s)(^.*?)(<(?:\w+:)?(?:coreProperties|Properties)\b[^>]*?)/?>.*$")
NAMED = re.compile(rb"""(\sw(?:15)?:(?:author|initials|userId|providerId)=)(?:"[^"]*"|'[^']*')""")
"""Who made a remark or a change in a Word document."""
TEMPLATE = re.compile(rb"<[^<>]*/attachedTemplate[\"'][^<>]*>")
TARGET = re.compile(rb"""(\sTarget=)(?:"[^"]*"|'[^']*')""")
"""Where the template lies on its author's own disk: that path is as good as a name."""
PROGRAMS = re.compile(rb"(?s)<w:(mailMerge|docVars)\b[^>]*?(?:/>|>.*?</w:\1>)")
"""Where letters took their addresses from, and programs' own words, among the settings of a Word document."""
TOLD = re.compile(rb"(?s)<!--.*?-->|<(?:\w+:)?(metadata|title|desc)\b[^>]*?(?:/>|>.*?</(?:\w+:)?\1>)")
"""What a drawing says beside what it shows."""
KEPT_ITEM = re.compile(rb"(?s)^.*?<(?:\w+:)?datastoreItem\b.*?\s\w+:itemID=[\"'](\{[0-9A-Fa-f-]+\})[\"'].*$")
ITEM = b'<ds:datastoreItem ds:itemID="%s" xmlns:ds="http://schemas.openxmlformats.org/officeDocument/2006/customXml"/>'
EMPTY = b"<empty/>"
EMF_TOLD = slice(60, 68)
"""Length and place of the words in the header of a Windows drawing."""
LEADS = re.compile(rb"/(?:Metadata|PieceInfo)\s*(?:(\d+\s+\d+\s+R)|(?=<<))")
NESTED = re.compile(rb"<<|>>|\((?:\\.|[^\\()])*\)", re.DOTALL)
PHOTOS = re.compile(rb"(?s)(stream\r\n)(\xff\xd8\xff.*?)(?=\r\nendstream)")
"""What leads to programs' own data in a PDF as pdfium writes it, and its photos."""


def bare(path: Path) -> bytes:
    """Returns a file that says neither who made it nor where and with what; what is to be seen in it stays.

    Nothing is drawn anew: a picture keeps every pixel and the way it is held, a PDF its pages. Raises RefusedFile.
    """
    ways = {"jpg": bare_jpeg, "png": bare_png, "docx": bare_docx, "pdf": _bare_pdf}
    try:
        return ways[kind_of(path) or ""](path.read_bytes())
    except (KeyError, IndexError, ValueError, OSError, SyntaxError, zipfile.BadZipFile, zlib.error, RuntimeError,
            struct.error):  # fmt: skip
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
        if not _of_program(marker, data[at + 4 : at + 16]):
            kept.append(data[at:end])
        if marker == 0xDA:  # what is packed follows, up to the next FF that is followed by neither 0 nor a restart
            found = PACKED_ENDS.search(data, end)
            begins, end = end, found.start() if found else len(data)
            kept.append(data[begins:end])
        at = end
    return b"".join([*kept, b"\xff\xd9"])


def _of_program(marker: int, begins: bytes) -> bool:
    """Whether a segment of a JPEG is a program's own: no picture needs it. The profile of its colours stays."""
    return (0xE1 <= marker <= 0xEF and marker != 0xEE and begins != b"ICC_PROFILE\0") or marker == 0xFE


def _muted(data: bytes) -> bytes:
    """Blanks a JPEG's segments of programs byte for byte, so that nothing moves in the file that it is part of."""
    muted, at = bytearray(data), 2
    while data[at : at + 1] == b"\xff" and data[at + 1 : at + 2] not in (b"\xda", b"\xd9", b""):
        end = min(at + 2 + int.from_bytes(data[at + 2 : at + 4]), len(data))
        if _of_program(data[at + 1], data[at + 4 : at + 16]):
            muted[at + 4 : end] = bytes(max(0, end - at - 4))
        at = max(end, at + 2)
    return bytes(muted)


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
    """Writes a Word document anew: its own parts without names, pictures that tell nothing, all else emptied.

    What is no part of the text (embedded files, data of other programs, sounds) keeps its place and nothing in it.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        if bursts(archive.infolist()):
            raise ValueError("too large")
        for part in archive.infolist():
            content = _bare_part(part.filename.lower(), archive.read(part))
            made.writestr(zipfile.ZipInfo(part.filename), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _bare_part(name: str, content: bytes) -> bytes:
    """Returns a part of a Word document by what it is: whatever is not known to be seen is not told either."""
    if name.endswith(".rels"):
        return TEMPLATE.sub(lambda found: TARGET.sub(rb'\1"Normal.dotm"', found[0]), content)
    if name == "[content_types].xml":
        return content
    inside = name.startswith("word/") and "/embeddings/" not in name and "/activex/" not in name
    if name.endswith((".xml", ".psmdcp")):
        if inside:
            return PROGRAMS.sub(b"", NAMED.sub(rb'\1""', content))
        if EMPTIED.search(content):
            return EMPTIED.sub(rb"\1\2/>", content)
        return KEPT_ITEM.sub(lambda found: ITEM % found[1], content) if KEPT_ITEM.match(content) else EMPTY
    if not inside:
        return b""
    if content.startswith(b"\xff\xd8\xff"):
        return bare_jpeg(content)
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return bare_png(content)
    if name.endswith(".svg"):
        return TOLD.sub(b"", content)
    if content[40:44] == b" EMF":
        return _bare_emf(content)
    return content if name.endswith((".wmf", ".odttf")) else _bare_picture(content)


def _bare_emf(data: bytes) -> bytes:
    """Blanks what the header of a Windows drawing says: the program and the title."""
    length, place = struct.unpack("<II", data[EMF_TOLD])
    bare = bytearray(data)
    if 0 < place < len(data):
        end = min(place + 2 * length, len(data))
        bare[place:end] = bytes(end - place)
    return bytes(bare)


def _bare_picture(data: bytes) -> bytes:
    """Returns a picture of another kind by its pixels alone, nothing of what is none."""
    from PIL import Image

    made = io.BytesIO()
    try:
        with Image.open(io.BytesIO(data), formats=("GIF", "BMP", "TIFF")) as picture:
            kind = picture.format
            pixels = Image.new(picture.mode, picture.size)
            if picture.mode == "P":
                pixels.putpalette(picture.getpalette() or [])
            pixels.paste(picture)
    except (OSError, ValueError, SyntaxError):
        return b""
    pixels.save(made, kind)
    return made.getvalue()


def _bare_pdf(data: bytes) -> bytes:
    """Copies the pages into a new document, which knows of no author, nor do its pages, remarks and photos.

    They are copied twice: what nothing leads to any more stays behind.
    """
    plain = _pages_alone(data)
    blank = bytearray(plain)
    for found in LEADS.finditer(plain):
        depth, end = 0, found.end()
        for one in NESTED.finditer(plain, end) if found[1] is None else ():
            depth, end = depth + {b"<<": 1, b">>": -1}.get(one[0], 0), one.end()
            if depth <= 0:
                break
        blank[found.start() : end] = b" " * (end - found.start())
    return PHOTOS.sub(lambda found: found[1] + _muted(found[2]), _pages_alone(bytes(blank)))


def _pages_alone(data: bytes) -> bytes:
    """Copies the pages into a new document. Their remarks lose whoever made them; a form's fields keep their names."""
    from pypdfium2 import PdfDocument, PdfiumError, raw

    target = io.BytesIO()
    try:
        made = PdfDocument.new()
        made.import_pages(PdfDocument(data))
        for page in made:
            for place in range(raw.FPDFPage_GetAnnotCount(page)):
                note = raw.FPDFPage_GetAnnot(page, place)
                if raw.FPDFAnnot_GetSubtype(note) != raw.FPDF_ANNOT_WIDGET and raw.FPDFAnnot_HasKey(note, b"T"):
                    raw.FPDFAnnot_SetStringValue(note, b"T", (raw.FPDF_WCHAR * 1)())
                raw.FPDFPage_CloseAnnot(note)
            page.close()
        made.save(target)
    except PdfiumError:
        raise ValueError("not copied") from None
    return target.getvalue()


def main(_way: str, file: str) -> int:
    """Answers with the copy. Returns 0; 1 for a refusal, whose code is what it says."""
    bound()
    try:
        sys.stdout.buffer.write(bare(Path(file)))
    except RefusedFile as refusal:
        sys.stdout.write(str(refusal))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
