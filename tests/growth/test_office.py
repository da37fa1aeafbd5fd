"""A teacher's papers open in LibreOffice, where there is one, with every word of theirs."""

from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from db.growth.queries import Paper
from db.papers import PaperKind
from tests.diagnostics.test_screens import made, mixed
from tests.growth.test_papers import facts, line, words, written
from tests.support.office import converted, needs_office


@needs_office
@pytest.mark.parametrize(
    ("paper", "code"), [(Paper.JOURNAL, ""), (Paper.CARD, ""), (Paper.ROUTE, ""), (Paper.DOSSIER, "mentor")]
)
def test_a_paper_is_a_document_of_pages(paper: Paper, code: str, tmp_path: Path) -> None:
    content = written(replace(facts(*map(line, PaperKind)), result=made(mixed)), paper, code)
    pages = PdfReader(converted(tmp_path, f"{paper}.docx", content, "pdf")).pages
    shown = "".join("".join(page.extract_text() for page in pages).split())
    assert [one for one in words(content) if "".join(one.split()) not in shown] == []
