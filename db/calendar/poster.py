"""The poster of an event as a PDF: one page A4, read from two metres, with a code that opens the event in the bot."""

import io
from dataclasses import dataclass
from typing import Any, cast

from db.events.certificate import ACCENT, INK, MM, PAPER, QUIET, SAND, draw_code, fonts, lettered, wrapped

WIDTH, HEIGHT = 210 * MM, 297 * MM
LEFT = 20 * MM
ROOM = WIDTH - 2 * LEFT
BAND = 12 * MM
CODE = 78 * MM
TITLE_SIZES = (34, 30, 26, 22, 19)
TITLE_LINES = 5
ABOUT_LINES = 6


@dataclass(frozen=True, slots=True)
class PosterWords:
    """Every line of the poster, in its language. `address` is what the code leads to; empty before the bot's start."""

    service: str
    kind: str
    title: str
    when: str
    where: str
    who: str
    about: str
    scan: str
    address: str


def poster(words: PosterWords) -> bytes:
    """The poster's bytes. The same words give the same bytes."""
    from reportlab.pdfgen.canvas import Canvas  # a second of importing that most processes never need

    fonts()
    buffer = io.BytesIO()
    first = cast(Any, "DejaVuSans")  # the stubs take it for a number
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=True, initialFontName=first)
    canvas.setTitle(words.title)
    canvas.setAuthor(words.service)
    canvas.setFillColor(PAPER)
    canvas.rect(0, 0, WIDTH, HEIGHT, stroke=0, fill=1)
    canvas.setFillColor(ACCENT)
    canvas.rect(0, HEIGHT - BAND, WIDTH, BAND, stroke=0, fill=1)
    canvas.setFillColor(SAND)
    canvas.rect(0, HEIGHT - BAND - 1.2 * MM, WIDTH, 1.2 * MM, stroke=0, fill=1)
    top = _lines(canvas, words.service, "DejaVuSans", 12, HEIGHT - BAND - 12 * MM, 2, QUIET)
    top = _lines(canvas, words.kind, "DejaVuSans", 15, top - 8 * MM, 2, ACCENT)
    size = _title_size(canvas, words.title)
    top = _lines(canvas, words.title, "DejaVuSerif-Bold", size, top - size * 0.6, TITLE_LINES, INK)
    top = _lines(canvas, words.when, "DejaVuSans", 19, top - 6 * MM, 2, INK)
    top = _lines(canvas, words.where, "DejaVuSans", 15, top - 2 * MM, 2, INK)
    top = _lines(canvas, words.who, "DejaVuSans", 13, top - 2 * MM, 2, QUIET)
    lowest = CODE + 38 * MM
    lines = min(ABOUT_LINES, max(0, int((top - 6 * MM - lowest) // 17)))
    if words.about and lines:
        _lines(canvas, words.about, "DejaVuSans", 12, top - 6 * MM, lines, INK)
    if words.address:
        draw_code(canvas, words.address, (WIDTH - CODE) / 2, 26 * MM, CODE)
        canvas.setFillColor(INK)
        canvas.setFont("DejaVuSans", 14)
        canvas.drawCentredString(WIDTH / 2, 18 * MM, words.scan)
        canvas.setFillColor(QUIET)
        canvas.setFont("DejaVuSans", 8)
        canvas.drawCentredString(WIDTH / 2, 11 * MM, words.address)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _title_size(canvas: Any, title: str) -> int:
    text, font = lettered(title, "DejaVuSerif-Bold")
    for size in TITLE_SIZES:
        if len(wrapped(canvas, text, font, size, ROOM)) <= TITLE_LINES - (size > TITLE_SIZES[-2]):
            return size
    return TITLE_SIZES[-1]


def _lines(canvas: Any, text: str, font: str, size: float, top: float, most: int, colour: str) -> float:
    """Draws a text in at most so many lines, the last one cut; returns where the next one may stand."""
    text, font = lettered(text, font)
    rows = wrapped(canvas, text, font, size, ROOM)
    if len(rows) > most:
        last = rows[most - 1]
        while last and canvas.stringWidth(last + "…", font, size) > ROOM:
            last = last[:-1].rstrip()
        rows = [*rows[: most - 1], last + "…"]
    canvas.setFillColor(colour)
    canvas.setFont(font, size)
    for row in rows:
        canvas.drawString(LEFT, top - size, row)
        top -= size * 1.3
    return top
