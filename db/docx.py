"""Writes Word files (DOCX): headings, paragraphs and tables of plain texts, the same bytes for the same content.

Whoever prints one needs the heading of a table on every page, letters that every Word has, and a page across where a
table is wide. A value is text whatever it begins with: nothing here makes a field or a formula of it.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from db import texts

if TYPE_CHECKING:
    from docx.document import Document as Word

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LETTERS = "Times New Roman"
SIZE, SMALL = 12, 10  # points
WRITTEN = datetime(2000, 1, 1, tzinfo=UTC)  # in every file: two copies of one document are the same bytes
ZIPPED = (2000, 1, 1, 0, 0, 0)
TWIPS = 567  # in a centimetre
PAGE, EDGES = (21.0, 29.7), (2.0, 1.5)  # centimetres: A4; the left and the other edges
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@dataclass(frozen=True, slots=True)
class DocxHeading:
    """A heading: level 0 is the title of the file, 1–3 are its parts."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class DocxText:
    """A paragraph; a line break in it stays one. `mark` stands before it as its number or sign."""

    text: str
    mark: str = ""
    bold: bool = False
    centred: bool = False


@dataclass(frozen=True, slots=True)
class DocxTable:
    """A table. A row that is one text alone goes across all columns, as parts of a table are headed.

    `widths` are shares of the page; the headings are repeated on every page.
    """

    headings: Sequence[str]
    rows: Iterable[Sequence[str] | str]
    widths: Sequence[float]


@dataclass(frozen=True, slots=True)
class DocxPicture:
    """A picture (PNG) as wide as the page, with a line under it that says what it shows."""

    content: bytes
    text: str


DocxBlock = DocxHeading | DocxText | DocxTable | DocxPicture


def docx(blocks: Iterable[DocxBlock], *, title: str, wide: bool = False) -> bytes:
    """Returns the file; `title` is in its properties, and `wide` lays the page across."""
    from docx import Document  # a tenth of a second that most processes never need

    word = Document()
    _properties(word, title)
    _letters(word)
    width = _page(word, wide=wide)
    for block in blocks:
        if isinstance(block, DocxHeading):
            word.add_heading(_clean(block.text), block.level)
        elif isinstance(block, DocxText):
            _text(word, block)
        elif isinstance(block, DocxPicture):
            _picture(word, block, width)
        else:
            _table(word, block, width)
    target = io.BytesIO()
    word.save(target)
    return same(target.getvalue())


def _properties(word: "Word", title: str) -> None:
    kept = word.core_properties
    kept.title, kept.author, kept.comments, kept.last_modified_by = _clean(title)[:255], "", "", ""
    kept.created = kept.modified = WRITTEN
    kept.revision, kept.language = 1, "ru-RU"


def _letters(word: "Word") -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    styles: Any = word.styles
    language = styles.element.find(f".//{qn('w:lang')}")
    language.set(qn("w:val"), "ru-RU")
    names = ("Normal", "Title", *(f"Heading {level}" for level in (1, 2, 3)))
    for name, size in zip(names, (SIZE, 16, 14, 13, SIZE), strict=True):
        style = styles[name]
        style.font.size, style.font.color.rgb = Pt(size), RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        fonts.attrib.clear()  # a theme's letters would win over those that are named
        for kind in ("ascii", "hAnsi", "cs", "eastAsia"):
            fonts.set(qn(f"w:{kind}"), LETTERS)
        if name != "Normal":
            style.font.bold = True
            style.paragraph_format.keep_with_next = True
    line = styles["Title"].element.pPr.find(qn("w:pBdr"))
    if line is not None:
        styles["Title"].element.pPr.remove(line)
    styles["Normal"].paragraph_format.space_after = Pt(6)


def _page(word: "Word", *, wide: bool) -> int:
    """Sets the page up, numbers it, and returns the room between its edges in twips."""
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import parse_xml
    from docx.shared import Cm

    section = word.sections[0]
    across, down = reversed(PAGE) if wide else PAGE
    section.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Cm(across), Cm(down)
    section.left_margin = Cm(EDGES[0])
    section.right_margin = section.top_margin = section.bottom_margin = Cm(EDGES[1])
    foot = section.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    number: Any = parse_xml(f'<w:fldSimple {_NAMESPACE} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    foot._p.append(number)
    return int((across - sum(EDGES)) * TWIPS)


def _text(word: "Word", block: DocxText) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm

    said = f"{block.mark}\t{block.text}" if block.mark else block.text
    paragraph = word.add_paragraph()
    paragraph.add_run(_clean(said)).bold = block.bold or None
    if block.mark:
        paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = Cm(1), Cm(-1)
        paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(1))
    if block.centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _picture(word: "Word", block: DocxPicture, width: int) -> None:
    from docx.shared import Twips

    shape: Any = word.add_picture(io.BytesIO(block.content), width=Twips(width))
    shape._inline.docPr.set("descr", _clean(block.text))  # what is read aloud in place of the picture
    word.paragraphs[-1].paragraph_format.keep_with_next = True
    word.add_paragraph(_clean(block.text))


def _table(word: "Word", block: DocxTable, width: int) -> None:
    """Adds a table as one piece of XML: by the library's own rows a plan of 5,000 lines would take minutes."""
    from docx.oxml import parse_xml

    shares = sum(block.widths)
    widths = [int(width * one / shares) for one in block.widths]
    if len(widths) != len(block.headings):
        raise ValueError("a table has as many widths as headings")
    rows = [_row(block.headings, widths, head=True)]
    rows += [_across(row, widths) if isinstance(row, str) else _row(row, widths) for row in block.rows]
    grid = "".join(f'<w:gridCol w:w="{one}"/>' for one in widths)
    table: Any = parse_xml(
        f'<w:tbl {_NAMESPACE}><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )
    body: Any = word.element.body
    body.insert_element_before(table, "w:sectPr")
    word.add_paragraph()


def _row(values: Sequence[str], widths: Sequence[int], *, head: bool = False) -> str:
    cells = (_cell(value, width, bold=head) for value, width in zip(values, widths, strict=True))
    return f"<w:tr><w:trPr><w:cantSplit/>{'<w:tblHeader/>' * head}</w:trPr>{''.join(cells)}</w:tr>"


def _across(text: str, widths: Sequence[int]) -> str:
    span = f'<w:gridSpan w:val="{len(widths)}"/>' if len(widths) > 1 else ""
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{_cell(text, sum(widths), bold=True, span=span)}</w:tr>"


def _cell(text: str, width: int, *, bold: bool, span: str = "") -> str:
    look = f'<w:rPr>{"<w:b/>" * bold}<w:sz w:val="{SMALL * 2}"/></w:rPr>'
    lines = _clean(text).split("\n")
    said = f"<w:r>{look}<w:br/></w:r>".join(
        f'<w:r>{look}<w:t xml:space="preserve">{escape(line)}</w:t></w:r>' for line in lines
    )
    kept = "<w:keepNext/>" * (bold and bool(span))
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{span}</w:tcPr>'
        f'<w:p><w:pPr>{kept}<w:spacing w:after="0"/></w:pPr>{said}</w:p></w:tc>'
    )


def _clean(text: str) -> str:
    return _NO_XML.sub("", texts.clean(text))


def same(content: bytes) -> bytes:
    """Returns the file with one date on all its parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(target, "w") as kept:
        for name in made.namelist():
            part = zipfile.ZipInfo(name, ZIPPED)
            part.compress_type, part.create_system, part.external_attr = zipfile.ZIP_DEFLATED, 0, 0
            kept.writestr(part, made.read(name))
    return target.getvalue()
