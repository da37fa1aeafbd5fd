"""The memo's page: what is chosen, read, printed and taken as a file, and what the journal keeps of it."""

import io

import pytest
from docx import Document
from sqlalchemy import select

from db.audit.models import AuditEntry
from db.database import Database
from db.dictionaries.models import Municipality
from db.docx import DOCX
from db.scope import StaffRole
from tests.support.panel import Visitor


def test_the_page_says_what_the_file_will(visit, demo: Database) -> None:  # type: ignore[no-untyped-def]
    visitor: Visitor = visit()
    page = visitor.text("/memos/?kind=selection&since=2025-09-01")
    answer = visitor.get("/memos/memo.docx?kind=selection&since=2025-09-01")
    assert (answer.status_code, answer.mimetype) == (200, DOCX)
    word = Document(io.BytesIO(answer.data))
    told = [one.text for one in word.paragraphs]
    for sentence in ("Подано 629 заявок из 36 муниципальных образований (всего 43).", "Весь регион"):
        assert sentence in told and sentence in page
    assert "Источник: отчёт «Отбор», данные на 2 марта 2026 года." in page
    assert "data-print" in page
    report = visitor.text("/reports/selection")
    assert "629" in report and "458" in report and "171" in report
    entry = demo.read(
        lambda session: session.scalars(select(AuditEntry).where(AuditEntry.action == "memos.take")).one()
    )
    assert entry.details == {
        "kind": "selection",
        "since": "2025-09-01",
        "centre": None,
        "group": None,
        "campaign": None,
    }


def test_units_are_those_within_reach_and_a_memo_of_one_says_whose_it_is(visit, demo: Database) -> None:  # type: ignore[no-untyped-def]
    town = demo.read(
        lambda session: session.scalars(select(Municipality.id).where(Municipality.code == "magnitogorsky-go")).one()
    )
    assert "<b>Магнитогорский ГО</b>" in visit().text(f"/memos/?kind=events&unit=town-{town}")
    own: Visitor = visit(StaffRole.MUNICIPAL_METHODIST, "chelyabinsky-go")
    page = own.text("/memos/?kind=events")
    assert "Челябинский ГО" in page and "Магнитогорский ГО" not in page and "Территория учётной записи" in page
    assert own.get(f"/memos/?kind=events&unit=town-{town}").status_code == 404
    reader: Visitor = visit(StaffRole.READER)
    assert 'name="unit"' not in reader.text("/memos/?kind=events")
    refused = reader.get(f"/memos/memo.docx?kind=events&unit=town-{town}")
    assert refused.status_code == 302, "a refusal in words"


@pytest.mark.parametrize(
    "address",
    [
        "/memos/?kind=nonsense&unit=%22%3Cb&since=31.12.2025",
        "/memos/?kind=plan&unit=town-1",
        "/memos/?unit=town-",
        "/memos/?kind=selection&campaign=x",
    ],
)
def test_nonsense_in_the_address_falls_back(visit, address: str) -> None:  # type: ignore[no-untyped-def]
    assert visit().get(address).status_code == 200


@pytest.mark.parametrize("address", ["?kind=selection&campaign=999", "?unit=group-999", "?kind=events&unit=town-99999"])
def test_what_is_not_there_is_404(visit, address: str) -> None:  # type: ignore[no-untyped-def]
    visitor = visit()
    for page in ("/memos/", "/memos/memo.docx"):
        assert visitor.get(page + address).status_code == 404
