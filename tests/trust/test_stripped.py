"""What a colleague gets of a file says neither who made it nor where and with what."""

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

from db import inspection, stripper
from db.storage import Storage
from tests.applications.support import JPEG, PNG, docx
from tests.trust.test_uploads import RELS, TEMPLATE

CANARY = "Canary Vera"
PARTS = ("docProps/core.xml", "word/comments.xml", "word/media/1.jpg", RELS)


PHOTO = (("Width", 40), ("Height", 20), ("BitsPerComponent", 8))


def names(**of: str) -> dict[NameObject, NameObject]:
    return {NameObject(f"/{key}"): NameObject(f"/{value}") for key, value in of.items()}


def texts(**of: str) -> dict[NameObject, TextStringObject]:
    return {NameObject(f"/{key}"): TextStringObject(value) for key, value in of.items()}


def told_of(kind: str) -> bytes:
    """A file into which programs wrote who made it, with what and where."""
    made = io.BytesIO()
    if kind == "pdf":
        writer = PdfWriter()
        writer.add_blank_page(200, 100)
        writer.add_metadata({"/Author": CANARY, "/Title": CANARY})
        page, photo, xmp = writer.pages[0], StreamObject(), StreamObject()
        xmp.set_data(f"<x:xmpmeta>{CANARY}</x:xmpmeta>".encode())
        xmp.update(names(Type="Metadata", Subtype="XML"))
        photo.set_data(told_of("jpg"))
        photo.update(names(Type="XObject", Subtype="Image", Filter="DCTDecode", ColorSpace="DeviceRGB"))
        photo.update({NameObject(f"/{name}"): NumberObject(n) for name, n in PHOTO})
        led = NameObject("/Metadata"), writer._add_object(xmp)
        photo[led[0]] = page[led[0]] = led[1]
        images = DictionaryObject({NameObject("/I"): writer._add_object(photo)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): images})
        page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/X"): DictionaryObject(texts(Private=CANARY))})
        remark = DictionaryObject(names(Type="Annot", Subtype="Text") | texts(T=CANARY, Contents="I said"))
        remark[NameObject("/Rect")] = ArrayObject([NumberObject(n) for n in (0, 0, 9, 9)])
        page[NameObject("/Annots")] = ArrayObject([writer._add_object(remark)])
        writer.write(made)
    elif kind == "docx":
        properties = f"<cp:coreProperties xmlns:cp='c'><creator>{CANARY}</creator></cp:coreProperties>".encode()
        remark = f"<w:ins w:author=\"{CANARY}\" w:initials='{CANARY}'><w:t>I said</w:t></w:ins>".encode()
        own = TEMPLATE.replace(b"https://evil.example", f"file:///C:\\Users\\{CANARY}".encode())
        extra = {"docProps/core.xml": properties, "word/comments.xml": remark, RELS: own}
        extra["word/media/1.jpg"] = told_of("jpg")
        return docx(extra=extra)
    else:
        exif, picture = Image.Exif(), Image.radial_gradient("L").resize((40, 20)).convert("RGB")
        exif[stripper.ORIENTATION], exif[0x013B] = 6, CANARY
        picture.save(
            made, "JPEG" if kind == "jpg" else "PNG", exif=exif, **({"comment": CANARY} if kind == "jpg" else {})
        )
    return made.getvalue()


@pytest.mark.parametrize("kind", ["jpg", "png", "docx", "pdf"])
def test_a_file_for_another_tells_nothing_of_its_author(kind: str, tmp_path: Path) -> None:
    """A colleague's photo of a board named the phone and the place, a Word file whoever had typed it."""
    storage, content = Storage(tmp_path), told_of(kind)
    packed = content if kind != "docx" else b"".join(zipfile.ZipFile(io.BytesIO(content)).read(one) for one in PARTS)
    assert kind != "pdf" or packed.count(CANARY.encode()) >= 6, "control"
    assert CANARY.encode() in packed or kind in ("pdf", "png"), "control"
    incoming = storage.incoming()
    incoming.write_bytes(content)
    bare = inspection.bare(storage.path(storage.keep(incoming, f"vera.{kind}").stored_name))
    if kind == "docx":
        with zipfile.ZipFile(io.BytesIO(bare)) as archive:
            bare = b"".join(archive.read(one) for one in archive.namelist())
        assert b"I said" in bare
    elif kind == "pdf":
        read = PdfReader(io.BytesIO(bare))
        assert len(read.pages) == 1 and CANARY not in str(read.metadata)
        assert "I said" in str(read.pages[0]["/Annots"][0].get_object())
        photos = told_of("jpg"), bare[bare.index(JPEG[:3]) :]
        before, after = (Image.open(io.BytesIO(one)) for one in photos)
        assert after.tobytes() == before.tobytes()
    else:
        before, after = (Image.open(io.BytesIO(one)) for one in (content, bare))
        assert after.tobytes() == before.tobytes()
        assert dict(after.getexif()) == ({stripper.ORIENTATION: 6} if kind == "jpg" else {}), "how it was held, no more"
    assert CANARY.encode() not in bare


@pytest.mark.parametrize("content", [JPEG, PNG, JPEG[:-2], told_of("jpg")[:-40], told_of("png")[:300]])
def test_half_a_picture_is_given_as_far_as_it_goes(content: bytes) -> None:
    """What was taken, whatever it is worth, is not kept back from whom it was sent to."""
    strip = stripper.bare_jpeg if content.startswith(JPEG[:3]) else stripper.bare_png
    assert strip(content)[:3] == content[:3]


EMF = bytes(40) + b" EMF" + bytes(16) + (11).to_bytes(4, "little") + (100).to_bytes(4, "little") + bytes(32)
NAMESPACE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
PROPERTIES = f"<c:coreProperties xmlns:c='{NAMESPACE}'><creator>{CANARY}</creator></c:coreProperties>".encode()
MERGED = f"<w:settings><w:mailMerge><w:query w:val='{CANARY}'/></w:mailMerge><w:zoom/></w:settings>".encode()
ITEM = f"<d:datastoreItem xmlns:d='x' d:itemID='{{0A-1}}'><d:ref d:uri='{CANARY}'/></d:datastoreItem>".encode()
SOUND = f"ID3 {CANARY}".encode()


def told_gif() -> bytes:
    made = io.BytesIO()
    Image.new("P", (4, 4)).save(made, "GIF", comment=CANARY.encode())
    return made.getvalue()


ELSEWHERE = {
    "customXml/item1.xml": f"<owner>{CANARY}</owner>".encode(),
    "customXml/itemProps1.xml": ITEM,
    "customUI/customUI14.xml": f"<x>{CANARY}</x>".encode(),
    "package/services/metadata/core-properties/1.psmdcp": PROPERTIES,
    "word/embeddings/book.xlsx": docx(extra={"docProps/core.xml": PROPERTIES}),
    "word/embeddings/oleObject1.bin": CANARY.encode("utf-16-le"),
    "word/embeddings/letter.xml": PROPERTIES,
    "word/activeX/activeX1.bin": CANARY.encode(),
    "word/printerSettings/printerSettings1.bin": CANARY.encode(),
    "word/afchunk.mht": CANARY.encode(),
    "word/settings.xml": MERGED,
    "word/media/sound.mp3": SOUND,
    "word/media/drawing.svg": f"<svg><metadata>{CANARY}</metadata><!--{CANARY}--><g/></svg>".encode(),
    "word/media/drawing.emf": EMF + CANARY.encode("utf-16-le") + bytes(8),
    "word/media/moving.gif": told_gif(),
}


@pytest.mark.parametrize("part", ELSEWHERE)
def test_no_part_of_a_word_file_tells_of_its_author(part: str) -> None:
    """Only the parts that were thought of were emptied: a table inside a letter named whoever had made it."""
    content = docx(extra={part: ELSEWHERE[part]})
    with zipfile.ZipFile(io.BytesIO(stripper.bare_docx(content))) as archive:
        assert set(archive.namelist()) == {"[Content_Types].xml", "word/document.xml", part}, "nothing leads nowhere"
        bare = archive.read(part)
    for written in (CANARY.encode(), CANARY.encode("utf-16-le")):
        assert written not in bare
    if part.endswith(("embeddings/book.xlsx", ".bin", ".mht", ".mp3")):
        assert not bare
    if part.endswith(("settings.xml", ".svg")):
        assert b"<w:zoom/>" in bare or b"<g/>" in bare, "what is seen stays"
    if part.endswith("itemProps1.xml"):
        assert b"{0A-1}" in bare
    if part.endswith(".gif"):
        assert Image.open(io.BytesIO(bare)).size == (4, 4)
