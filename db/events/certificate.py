"""The certificate as a PDF: one page A4, landscape, with its fonts inside and a code that leads to its check.

Drawing takes about 50 ms of processor time: call it in a thread, never on an event loop.
"""

import functools
import importlib.util
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

PAPER = "#fbfaf6"
INK = "#22313a"
QUIET = "#6b7a80"
ACCENT = "#1f6f78"
SAND = "#d9c9a3"
MM = 72 / 25.4
WIDTH, HEIGHT = 297 * MM, 210 * MM
BAND = 26 * MM
LEFT = 50 * MM
TEXT_WIDTH = WIDTH - LEFT - 24 * MM
QR = 30 * MM
RICHEST = "DejaVuSans"


@dataclass(frozen=True, slots=True)
class Words:
    """Every line of the certificate, in its language. `address` is what the code leads to."""

    service: str
    heading: str
    subheading: str
    name_label: str
    name: str
    title_label: str
    title: str
    details: str
    when: str
    organiser: str
    number: str
    issued: str
    verify: str
    address: str


def pdf(words: Words) -> bytes:
    """The certificate's bytes. The same words give the same bytes."""
    from reportlab.pdfgen.canvas import Canvas  # a second of importing that most processes never need

    _fonts()
    buffer = io.BytesIO()
    canvas = Canvas(
        buffer,
        pagesize=(WIDTH, HEIGHT),
        invariant=True,
        initialFontName=cast(Any, "DejaVuSans"),  # the stubs take it for a number
    )
    canvas.setTitle(f"{words.heading} {words.number}")
    canvas.setAuthor(words.service)
    canvas.setSubject(words.title)
    _background(canvas)
    _heading(canvas, words)
    _middle(canvas, words)
    _bottom(canvas, words)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@functools.cache
def _fonts() -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    # Found without importing matplotlib itself, which takes half a second.
    spec = importlib.util.find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise RuntimeError("matplotlib and its DejaVu fonts are not installed")
    folder = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    for name in ("DejaVuSans", "DejaVuSerif", "DejaVuSerif-Bold"):
        pdfmetrics.registerFont(TTFont(name, str(folder / f"{name}.ttf")))


def _background(canvas: Any) -> None:
    canvas.setFillColor(PAPER)
    canvas.rect(0, 0, WIDTH, HEIGHT, stroke=0, fill=1)
    canvas.setFillColor(ACCENT)
    canvas.rect(0, 0, BAND, HEIGHT, stroke=0, fill=1)
    canvas.setFillColor(SAND)
    canvas.rect(BAND, 0, 1.2 * MM, HEIGHT, stroke=0, fill=1)
    canvas.saveState()
    path = canvas.beginPath()
    path.rect(0, 0, BAND, HEIGHT)
    canvas.clipPath(path, stroke=0, fill=0)
    canvas.setStrokeColor(SAND)
    canvas.setStrokeAlpha(0.35)
    canvas.setLineWidth(0.6)
    # Rings that spread and meet, one row above the other: colleagues' circles.
    for number in range(9):
        centre = (BAND / 2 + (number % 2 * 2 - 1) * 7 * MM, number * 27 * MM - 3 * MM)
        for ring in range(1, 6):
            canvas.circle(*centre, ring * 4.4 * MM, stroke=1, fill=0)
    canvas.restoreState()


def _heading(canvas: Any, words: Words) -> None:
    top = HEIGHT - 25 * MM
    canvas.setFillColor(QUIET)
    top = _block(canvas, words.service, "DejaVuSans", 10, top, lines=2, leading=14, colour=QUIET)
    top -= 15 * MM
    text = canvas.beginText(LEFT, top)
    text.setFont("DejaVuSerif-Bold", 34)
    text.setFillColor(ACCENT)
    text.setCharSpace(2.4)
    text.textOut(words.heading)
    text.setCharSpace(0)  # it would go on through the page
    canvas.drawText(text)
    canvas.setFont("DejaVuSans", 12)
    canvas.setFillColor(QUIET)
    canvas.drawString(LEFT, top - 8 * MM, words.subheading)


def _middle(canvas: Any, words: Words) -> None:
    top = HEIGHT - 78 * MM
    canvas.setFillColor(QUIET)
    canvas.setFont("DejaVuSans", 11)
    canvas.drawString(LEFT, top, words.name_label)
    size = _fitting(canvas, *_lettered(words.name, "DejaVuSerif"), 27, 13)
    bottom = _block(
        canvas, words.name, "DejaVuSerif", size, top - 3 * MM - size, lines=3, leading=size * 1.25, colour=INK
    )
    canvas.setStrokeColor(SAND)
    canvas.setLineWidth(0.9)
    canvas.line(LEFT, bottom + size * 0.7, LEFT + TEXT_WIDTH, bottom + size * 0.7)
    top = bottom - 2.5 * MM
    canvas.setFillColor(QUIET)
    canvas.setFont("DejaVuSans", 11)
    canvas.drawString(LEFT, top, words.title_label)
    top = _block(canvas, words.title, "DejaVuSerif-Bold", 17, top - 10 * MM, lines=3, leading=23, colour=INK)
    top = _block(canvas, words.details, "DejaVuSans", 11, top - 1 * MM, lines=1, leading=16, colour=INK)
    _block(canvas, words.when, "DejaVuSans", 11, top, lines=1, leading=16, colour=INK)


def _bottom(canvas: Any, words: Words) -> None:
    import segno

    code = segno.make(words.address, error="m", micro=False)
    matrix = [list(row) for row in code.matrix]
    cell = QR / len(matrix)
    left, bottom = WIDTH - 24 * MM - QR, 20 * MM
    canvas.setFillColor(INK)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                # A hair wider than its cell: no white seams between neighbours on screens.
                canvas.rect(left + x * cell, bottom + QR - (y + 1) * cell, cell + 0.15, cell + 0.15, stroke=0, fill=1)
    canvas.linkURL(words.address, (left, bottom, left + QR, bottom + QR))
    canvas.setFillColor(QUIET)
    canvas.setFont("DejaVuSans", 8)
    canvas.drawRightString(left - 5 * MM, bottom + 5, words.verify)
    width = left - LEFT - 48 * MM
    _block(canvas, words.organiser, "DejaVuSans", 10, bottom + 22 * MM, lines=3, leading=14, colour=INK, width=width)
    canvas.setFillColor(INK)
    canvas.setFont("DejaVuSans", 11)
    canvas.drawString(LEFT, bottom + 7 * MM - 5, words.number)
    canvas.setFillColor(QUIET)
    canvas.setFont("DejaVuSans", 9)
    canvas.drawString(LEFT, bottom + 5 - 2 * MM, words.issued)


def _fitting(canvas: Any, text: str, font: str, largest: int, smallest: int) -> int:
    for size in range(largest, smallest, -1):
        if canvas.stringWidth(text, font, size) <= TEXT_WIDTH:
            return size
    return smallest


def _block(
    canvas: Any,
    text: str,
    font: str,
    size: float,
    top: float,
    *,
    lines: int,
    leading: float,
    colour: str,
    width: float = TEXT_WIDTH,
) -> float:
    """Draws text in lines from the first one's base line; the last one is cut. Returns the base line that follows."""
    text, font = _lettered(text, font)
    canvas.setFillColor(colour)
    canvas.setFont(font, size)
    rows = _wrapped(canvas, text, font, size, width)
    if len(rows) > lines:
        last = rows[lines - 1]
        while last and canvas.stringWidth(last + "…", font, size) > width:
            last = last[:-1].rstrip()
        rows = [*rows[: lines - 1], last + "…"]
    for row in rows:
        canvas.drawString(LEFT, top, row)
        top -= leading
    return top


def _lettered(text: str, font: str) -> tuple[str, str]:
    """Returns the text and a font that has its letters: where the wanted one lacks some, the richest.

    A sign that neither has is left out, for it would be a box.
    """
    from reportlab.pdfbase import pdfmetrics

    def known(name: str) -> dict[int, int]:
        glyphs: dict[int, int] = cast(Any, pdfmetrics.getFont(name)).face.charToGlyph
        return glyphs

    if all(letter.isspace() or ord(letter) in known(font) for letter in text):
        return text, font
    rich = known(RICHEST)
    return "".join(letter for letter in text if letter.isspace() or ord(letter) in rich), RICHEST


def _wrapped(canvas: Any, text: str, font: str, size: float, width: float) -> list[str]:
    rows: list[str] = []
    for word in (part for whole in text.split() for part in _broken(canvas, whole, font, size, width)):
        joined = f"{rows[-1]} {word}" if rows else word
        if rows and canvas.stringWidth(joined, font, size) <= width:
            rows[-1] = joined
        else:
            rows.append(word)
    return rows


def _broken(canvas: Any, word: str, font: str, size: float, width: float) -> list[str]:
    """A word in pieces that fit the width each: nothing leaves the page."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and canvas.stringWidth(pieces[-1] + letter, font, size) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces
