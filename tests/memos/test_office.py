"""What leaves the panel as Word and Excel opens in LibreOffice, where there is one: words stay, nothing is executed."""

import csv
from pathlib import Path

from pypdf import PdfReader

from admin.memos.tables import memo_docx
from db.clock import FrozenClock
from db.database import Database
from db.memos.rules import MemoKind
from db.products.models import Product
from tests.memos.test_figures import T, made
from tests.support.office import converted, needs_office
from tests.support.region import Enter

pytestmark = needs_office
FORMULA = '=HYPERLINK("https://example.org";"Сборник")'


def test_a_years_memo_is_a_document_of_pages(demo: Database, clock: FrozenClock, tmp_path: Path) -> None:
    found = made(demo, clock.now(), MemoKind.YEAR)
    pages = PdfReader(converted(tmp_path, "memo.docx", memo_docx(T, found), "pdf")).pages
    text = "".join("".join(page.extract_text() for page in pages).split())
    assert len(pages) > len(found.parts)
    missing = [one for part in found.parts for one in part.sentences if "".join(one.split()) not in text]
    assert not missing


def test_a_formula_in_a_title_is_a_text_in_the_table(enter: Enter, tmp_path: Path) -> None:
    visitor, database = enter("timashevsk")
    database.write(lambda session: session.add(Product(code="x", title=FORMULA, year=2023, count=1)))
    content = visitor.get("/products.xlsx").data
    with converted(tmp_path, "products.xlsx", content, "csv:Text - txt - csv (StarCalc):44,34,76").open(
        encoding="utf-8"
    ) as lines:
        cells = {cell for row in csv.reader(lines) for cell in row}
    assert FORMULA in cells
