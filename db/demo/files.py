"""Small real files of evidence, drawn here: one for each name of the recipe, of the kind its ending tells."""

import io
import zipfile
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FONT = "DejaVuSans"
EPOCH = (2023, 9, 1, 0, 0, 0)
WIDTH, HEIGHT = 620, 877
INK, GREY, FRAME, PAPER = (34, 47, 62), (110, 121, 133), (74, 124, 139), (255, 255, 255)


@cache
def draw(file_name: str, lines: tuple[str, ...]) -> bytes:
    """The bytes of a sample document with its own name as the title; the same every time."""
    stem, _, kind = file_name.rpartition(".")
    if kind == "pdf":
        return _pdf(stem, lines)
    if kind == "docx":
        return _docx(stem, lines)
    return _picture(stem, lines, "PNG" if kind == "png" else "JPEG")


@cache
def _font_path() -> Path:
    """matplotlib's own DejaVu, which has Cyrillic; found without importing matplotlib, which is slow."""
    from importlib.util import find_spec

    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("matplotlib")
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / f"{FONT}.ttf"


def _pdf(title: str, lines: tuple[str, ...]) -> bytes:
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FONT, str(_font_path())))
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=True)
    canvas.setTitle(title)
    width, height = A4
    canvas.setStrokeColorRGB(*(part / 255 for part in FRAME))
    canvas.rect(40, 40, width - 80, height - 80)
    canvas.setFont(FONT, 20)
    canvas.drawCentredString(width / 2, height - 200, title)
    canvas.setFont(FONT, 11)
    for number, line in enumerate(lines):
        canvas.drawCentredString(width / 2, height - 250 - 18 * number, line)
    canvas.save()
    return target.getvalue()


def _picture(title: str, lines: tuple[str, ...], kind: str) -> bytes:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(image)
    pen.rectangle((30, 30, WIDTH - 30, HEIGHT - 30), outline=FRAME, width=3)
    pen.rectangle((40, 40, WIDTH - 40, HEIGHT - 40), outline=FRAME, width=1)
    pen.text((WIDTH / 2, 240), title, INK, ImageFont.truetype(str(_font_path()), 26), anchor="mm")
    small = ImageFont.truetype(str(_font_path()), 15)
    for number, line in enumerate(lines):
        pen.text((WIDTH / 2, 310 + 26 * number), line, GREY, small, anchor="mm")
    pen.ellipse((WIDTH - 210, HEIGHT - 250, WIDTH - 90, HEIGHT - 130), outline=FRAME, width=4)
    target = io.BytesIO()
    image.save(target, kind)
    return target.getvalue()


def _docx(title: str, lines: tuple[str, ...]) -> bytes:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    package = "http://schemas.openxmlformats.org/package/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    paragraphs = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in (title, *lines))
    types = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{types}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="rId1" Type="{office}" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{word}"><w:body>{paragraphs}</w:body></w:document>',
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            declared = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + content
            archive.writestr(zipfile.ZipInfo(name, EPOCH), declared, zipfile.ZIP_DEFLATED)
    return target.getvalue()
