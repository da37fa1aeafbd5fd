"""A self-diagnosis as a PDF to keep: pages A4 with the sorted lines, where to begin, and each component in words.

Drawing takes some tens of milliseconds of processor time: call it in a thread, never on an event loop.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from db.events.certificate import ACCENT, INK, MM, QUIET, SAND, fonts, lettered, wrapped

WIDTH, HEIGHT = 210 * MM, 297 * MM
LEFT, RIGHT = 20 * MM, 190 * MM
BAND, BOTTOM = 8 * MM, 18 * MM
NOISE = "#e3e9ef"
TRACK = "#d8dee6"
SMALL, TEXT, LARGE = 9, 10.5, 20


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One component: its level now and then, what is said of it. `number` is the level in words of the screen."""

    title: str
    number: str
    level: float | None
    before: float | None
    steady: bool
    said: str


@dataclass(frozen=True, slots=True)
class ResultWords:
    """Every line of the file, in its language. `band` are the points that a level moves without a change."""

    service: str
    title: str
    about: str
    lines: Sequence[ResultLine]
    band: int
    legend: Sequence[str]
    heading: str
    said: Sequence[str]
    components: str
    under: Sequence[str]


def result_pdf(words: ResultWords) -> bytes:
    """The file's bytes. The same words give the same bytes."""
    from reportlab.pdfgen.canvas import Canvas  # a second of importing that most processes never need

    fonts()
    buffer = io.BytesIO()
    first = cast(Any, "DejaVuSans")  # the stubs take it for a number
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=True, initialFontName=first)
    canvas.setTitle(words.title)
    canvas.setAuthor(words.service)
    page = _Sheet(canvas)
    page.text(words.service, SMALL, QUIET)
    page.text(words.title, LARGE, ACCENT, "DejaVuSerif-Bold", above=12)
    page.text(words.about, TEXT, QUIET, above=2)
    page.top -= 12
    for line in words.lines:
        page.scale(line, words.band)
    for said in words.legend:
        page.text(said, SMALL, QUIET, above=4)
    page.text(words.heading, 13, ACCENT, "DejaVuSerif-Bold", above=12)
    for said in words.said:
        page.text(said, TEXT, INK, above=4)
    page.text(words.components, 13, ACCENT, "DejaVuSerif-Bold", above=12, beneath=40)
    for line in words.lines:
        page.text(f"{line.title}: {line.number}", TEXT, INK, above=6, beneath=30)
        page.text(line.said, SMALL, QUIET, above=1)
    page.top -= 8
    for said in words.under:
        page.text(said, SMALL, QUIET, above=4)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


class _Sheet:
    """Writes from the top of a page down, and goes on on the next one."""

    def __init__(self, canvas: Any) -> None:
        self.canvas, self.top = canvas, 0.0
        self._begin()

    def text(
        self, text: str, size: float, colour: str, font: str = "DejaVuSans", *, above: float = 0, beneath: float = 0
    ) -> None:
        """Writes a paragraph; `beneath` is the room that has to be left below it on the same page."""
        if not text:
            return
        shown, font = lettered(text, font)
        rows = wrapped(self.canvas, shown, font, size, RIGHT - LEFT)
        self.top -= above
        self._room(size * 1.4 * min(len(rows), 2) + beneath)
        for row in rows:
            self._room(size * 1.4)
            self.top -= size * 1.4
            self.canvas.setFont(font, size)
            self.canvas.setFillColor(colour)
            self.canvas.drawString(LEFT, self.top + size * 0.35, row)

    def scale(self, line: ResultLine, band: int) -> None:
        """Draws a component's line: then, now and the band of noise around then."""
        canvas = self.canvas
        self._room(31)
        self.top -= 31
        name, scale = self.top + 18, self.top + 7
        canvas.setFillColor(INK)
        shown, font = lettered(line.title, "DejaVuSans")
        canvas.setFont(font, TEXT)
        canvas.drawString(LEFT, name, shown)
        number = "–" if line.level is None else f"{line.level:.0f}"
        canvas.setFillColor(ACCENT)
        canvas.setFont("DejaVuSerif-Bold", 13)
        canvas.drawRightString(RIGHT, name, number)
        self._stroke(0, 100, scale, 3, TRACK)
        if line.before is not None:
            low, high = max(line.before - band, 0), min(line.before + band, 100)
            canvas.setFillColor(NOISE)
            canvas.rect(_at(low), scale - 5, _at(high) - _at(low), 10, stroke=0, fill=1)
        if line.level is not None:
            begin = 0 if line.before is None else line.before
            self._stroke(begin, line.level, scale, 3, "#9aa7b5" if line.steady else ACCENT)
        if line.before is not None:
            canvas.setFillColor("#ffffff")
            canvas.setStrokeColor(QUIET)
            canvas.setLineWidth(0.8)
            canvas.circle(_at(line.before), scale, 3.2, stroke=1, fill=1)
        if line.level is not None:
            canvas.setFillColor(ACCENT)
            canvas.circle(_at(line.level), scale, 4, stroke=0, fill=1)

    def _stroke(self, begin: float, end: float, scale: float, width: float, colour: str) -> None:
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(width)
        self.canvas.line(_at(begin), scale, _at(end), scale)

    def _room(self, height: float) -> None:
        if self.top - height < BOTTOM:
            self.canvas.showPage()
            self._begin()

    def _begin(self) -> None:
        self.canvas.setFillColor(ACCENT)
        self.canvas.rect(0, HEIGHT - BAND, WIDTH, BAND, stroke=0, fill=1)
        self.canvas.setFillColor(SAND)
        self.canvas.rect(0, HEIGHT - BAND - 1.2 * MM, WIDTH, 1.2 * MM, stroke=0, fill=1)
        self.canvas.setFillColor(QUIET)
        self.canvas.setFont("DejaVuSans", 8)
        self.canvas.drawRightString(RIGHT, 10 * MM, str(self.canvas.getPageNumber()))
        self.top = HEIGHT - BAND - 10 * MM


def _at(level: float) -> float:
    return LEFT + (RIGHT - LEFT) * level / 100
