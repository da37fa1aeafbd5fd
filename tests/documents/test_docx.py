"""A Word file that is made twice is the same file, its table is headed on every page, and a text stays a text."""

import io
import zipfile

from docx import Document
from docx.enum.section import WD_ORIENT

from db.docx import DocxBlock, DocxHeading, DocxTable, DocxText, docx

HEADINGS = ("Мероприятие", "Сроки")
ODD = ["=HYPERLINK(1)", "+7", "<w:t>&amp;", "две\nстроки", "с\x00знаком\ufffe", "  края  "]


def made(*, wide: bool = True) -> bytes:
    table = DocxTable(HEADINGS, ["Раздел 1", *((text, "I квартал") for text in ODD)], (3, 1))
    blocks: list[DocxBlock] = [DocxHeading("План", 0), DocxText("Задача", mark="1."), DocxHeading("Строки"), table]
    return docx(blocks, title="План работы", wide=wide)


def test_two_copies_are_the_same_bytes_and_carry_no_day_of_their_making() -> None:
    once, again = made(), made()
    assert once == again
    with zipfile.ZipFile(io.BytesIO(once)) as file:
        assert {one.date_time for one in file.infolist()} == {(2000, 1, 1, 0, 0, 0)}
    kept = Document(io.BytesIO(once)).core_properties
    assert (kept.title, kept.author, kept.created.year, kept.modified.year) == ("План работы", "", 2000, 2000)


def test_whatever_a_value_begins_with_it_is_a_text_and_nothing_of_xml() -> None:
    table = Document(io.BytesIO(made())).tables[0]
    told = [row.cells[0].text for row in table.rows]
    assert told == ["Мероприятие", "Раздел 1", *ODD[:4], "сзнаком", "  края  "]
    assert not table._tbl.xpath(".//w:fldSimple | .//w:instrText")


def test_the_heading_is_on_every_page_a_part_goes_across_and_a_wide_page_lies() -> None:
    file = Document(io.BytesIO(made()))
    head, part, line = file.tables[0].rows[0], file.tables[0].rows[1], file.tables[0].rows[2]
    assert len(head._tr.xpath("./w:trPr/w:tblHeader")) == 1
    assert not line._tr.xpath("./w:trPr/w:tblHeader")
    assert (len(part._tr.tc_lst), len(line._tr.tc_lst)) == (1, 2)
    wide, tall = file.sections[0], Document(io.BytesIO(made(wide=False))).sections[0]
    assert (wide.orientation, tall.orientation) == (WD_ORIENT.LANDSCAPE, WD_ORIENT.PORTRAIT)
    assert (wide.page_width, wide.page_height) == (tall.page_height, tall.page_width)


def test_letters_are_those_that_every_word_has() -> None:
    with zipfile.ZipFile(io.BytesIO(made())) as file:
        styles = file.read("word/styles.xml").decode()
    assert styles.count('w:ascii="Times New Roman"') == 5
    assert 'w:val="ru-RU"' in styles
