"""The certificate: what it says, and its PDF: one page A4, landscape, with its fonts and a code to check it by.

Drawing takes about 50 ms of processor time: call it in a thread, never on an event loop.
"""

import functools
import importlib.util
import io
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from db.dictionaries.models import Term
from db.events.models import Certificate, Event, EventHost, EventMode, HostRole, Registration
from db.events.rules import tidy_number
from db.people.models import Person

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
class Verified:
    """What a certificate says. `name` is empty when its owner had the personal data erased.

    `dative` is the name as it stands under «выдан», where a methodist put it right by hand; `role` is empty for a
    guest; `hours` are academic; `result` is a contest's, none for who took part.
    """

    number: str
    name: str | None
    title: str
    format: str
    mode: EventMode
    organiser: str | None
    starts_at: datetime
    ends_at: datetime
    issued_at: datetime
    dative: str | None
    hours: int | None
    signatory: str | None
    level: str | None
    role: HostRole | None
    result: str | None


def verify(session: Session, *, number: str) -> Verified | None:
    """What the certificate of this number says, however the number is typed; nothing when there is none."""
    level, result = aliased(Term), aliased(Term)
    row = session.execute(
        select(
            Certificate.number,
            Person.full_name,
            *(Event.title, Term.name, Event.mode, Event.organiser, Event.starts_at, Event.ends_at),
            *(Certificate.issued_at, Registration.dative, Event.hours, Event.signatory, level.name, EventHost.role),
            result.name,
        )
        .join(Registration, Registration.id == Certificate.registration_id)
        .join(Event, Event.id == Registration.event_id)
        .join(Term, Term.id == Event.format_id)
        .join(Person, Person.id == Registration.person_id)
        .outerjoin(level, level.id == Event.level_id)
        .outerjoin(result, result.id == Registration.result_id)
        .outerjoin(EventHost, (EventHost.event_id == Event.id) & (EventHost.person_id == Person.id))
        .where(Certificate.number == tidy_number(number))
    ).first()
    return Verified(*cast(Any, row)) if row is not None else None


def dative(full_name: str) -> str | None:
    """Returns surname, name and patronymic as they stand after «кому», such as «Вере Ивановне».

    None where the patronymic does not say whose the words are: a guess would stand on somebody's wall. A methodist
    writes such a name by hand.
    """
    from pytrovich.detector import PetrovichGenderDetector
    from pytrovich.enums import Case, Gender, NamePart
    from pytrovich.maker import PetrovichDeclinationMaker

    words = full_name.split()
    if len(words) != len(PARTS) or not PATRONYMIC.search(words[-1].lower()):
        return None
    try:
        gender = PetrovichGenderDetector().detect(middlename=words[-1])  # type: ignore[no-untyped-call]
        if gender is Gender.ANDROGYNOUS:
            return None
        maker = PetrovichDeclinationMaker()
        return " ".join(
            maker.make(NamePart[part], gender, Case.DATIVE, word) for part, word in zip(PARTS, words, strict=True)
        )
    except (LookupError, ValueError, StopIteration):
        return None


PARTS = ("LASTNAME", "FIRSTNAME", "MIDDLENAME")
PATRONYMIC = re.compile("(?:\u0438\u0447|\u043d\u0430)$")
"""A patronymic of the Russian form ends in these letters."""


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
    hours: str
    organiser: str
    signatory: str
    number: str
    issued: str
    verify: str
    address: str


def pdf(words: Words) -> bytes:
    """The certificate's bytes. The same words give the same bytes."""
    from reportlab.pdfgen.canvas import Canvas  # a second of importing that most processes never need

    fonts()
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
def fonts() -> None:
    """Makes the fonts known, once a process."""
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
    size = _fitting(canvas, *lettered(words.name, "DejaVuSerif"), 27, 13)
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
    top = _block(canvas, words.when, "DejaVuSans", 11, top, lines=1, leading=16, colour=INK)
    _block(canvas, words.hours, "DejaVuSans", 11, top, lines=1, leading=16, colour=INK)


def _bottom(canvas: Any, words: Words) -> None:
    left, bottom = WIDTH - 24 * MM - QR, 20 * MM
    draw_code(canvas, words.address, left, bottom, QR)
    canvas.setFillColor(QUIET)
    canvas.setFont("DejaVuSans", 8)
    canvas.drawRightString(left - 5 * MM, bottom + 5, words.verify)
    width = left - LEFT - 48 * MM
    signed = bool(words.signatory)
    _block(
        canvas,
        words.organiser,
        "DejaVuSans",
        10,
        bottom + (27 if signed else 22) * MM,
        lines=2 if signed else 3,
        leading=14,
        colour=INK,
        width=width,
    )
    if signed:
        _block(
            canvas, words.signatory, "DejaVuSans", 10, bottom + 16 * MM, lines=2, leading=13, colour=INK, width=width
        )
    canvas.setFillColor(INK)
    canvas.setFont("DejaVuSans", 11)
    canvas.drawString(LEFT, bottom + 7 * MM - 5, words.number)
    canvas.setFillColor(QUIET)
    canvas.setFont("DejaVuSans", 9)
    canvas.drawString(LEFT, bottom + 5 - 2 * MM, words.issued)


def draw_code(canvas: Any, address: str, left: float, bottom: float, size: float) -> None:
    """Draws a code that leads to an address, for a phone's camera and for a click."""
    import segno

    matrix = [list(row) for row in segno.make(address, error="m", micro=False).matrix]
    cell = size / len(matrix)
    canvas.setFillColor(INK)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            if dark:
                # A hair wider than its cell: no white seams between neighbours on screens.
                canvas.rect(left + x * cell, bottom + size - (y + 1) * cell, cell + 0.15, cell + 0.15, stroke=0, fill=1)
    canvas.linkURL(address, (left, bottom, left + size, bottom + size))


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
    text, font = lettered(text, font)
    canvas.setFillColor(colour)
    canvas.setFont(font, size)
    rows = wrapped(canvas, text, font, size, width)
    if len(rows) > lines:
        last = rows[lines - 1]
        while last and canvas.stringWidth(last + "…", font, size) > width:
            last = last[:-1].rstrip()
        rows = [*rows[: lines - 1], last + "…"]
    for row in rows:
        canvas.drawString(LEFT, top, row)
        top -= leading
    return top


def lettered(text: str, font: str) -> tuple[str, str]:
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


def wrapped(canvas: Any, text: str, font: str, size: float, width: float) -> list[str]:
    """Returns a text as the lines that fit a width; a word that is too long is broken."""
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
