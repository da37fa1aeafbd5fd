"""A methodist's copy of a teacher's papers: what was opened, under a name that is ours."""

import io
from pathlib import Path

import pytest
from docx import Document

from db.clock import FrozenClock
from db.database import Database
from db.diagnostics.services import ResultReader, set_sharing
from db.routes import planning, sharing
from db.routes.models import RouteReader
from db.scope import StaffRole
from tests.diagnostics.walking import NOW, complete
from tests.support import callers
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.town import add_teacher

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def opened(database: Database, folder: Path) -> tuple[Visitor, int, str]:
    """A methodist at the panel, and a teacher with a result that is open to methodists: her number and its address."""
    database.write(add_staff, login="one", role=StaffRole.REGIONAL_METHODIST, now=NOW)
    panel = Visitor(make_panel(database, FrozenClock(NOW), folder))
    assert panel.sign_in("one").status_code == 302
    person_id = database.write(add_teacher, external_id=2002, name="Юная Вера", now=NOW)
    attempt_id = complete(database, person_id).attempt_id
    whom = {"attempt_id": attempt_id, "audience": ResultReader.METHODIST, "opened": True}
    database.write(set_sharing, callers.person(person_id, NOW), **whom)
    return panel, person_id, f"/diagnostics/results/{attempt_id}"


def words(content: bytes) -> str:
    word = Document(io.BytesIO(content))
    return "\n".join(cell.text for table in word.tables for row in table.rows for cell in row.cells)


def test_an_address_that_somebody_sent_gives_the_paper_no_name_of_theirs(database: Database, tmp_path: Path) -> None:
    """`journal-"; filename="report.exe` was the name of the file, and a line break in it an error of ours."""
    panel, _, address = opened(database, tmp_path)
    for paper in ("journal", "card", "dossier-methodist"):
        answer = panel.get(f"{address}/{paper}.docx")
        assert answer.headers["Content-Disposition"] == f'attachment; filename="{paper}.docx"'
    for forged in ('journal-"; filename="report.exe', "journal-%0Ax", "card-имя", "journal-", "dossier-x", "route"):
        assert panel.get(f"{address}/{forged}.docx").status_code == 404, forged


def test_the_copy_of_an_opened_route_holds_neither_the_words_nor_the_links_of_its_person(
    database: Database, tmp_path: Path
) -> None:
    """A page of an opened route showed what is done; the copy showed the link of one's own beside it."""
    panel, person_id, address = opened(database, tmp_path)
    own = callers.person(person_id, NOW)
    for text, shown in (("Прочитать книгу", "Слова для себя"), ("Собрать копилку", "https://disk.example/vera")):
        line = database.write(planning.add_own, own, text=text)
        database.write(planning.prove, own, item_id=line.id, text=shown)
    journal = f"{address}/journal.docx"
    assert "Прочитать книгу" not in words(panel.get(journal).data)
    share_id = database.write(sharing.share, own, reader=RouteReader.METHODIST, of=0).shares[0].share_id
    told = words(panel.get(journal).data)
    assert "Прочитать книгу" in told and "Собрать копилку" in told
    assert "Слова для себя" not in told and "disk.example" not in told
    database.write(sharing.revoke, own, share_id=share_id)
    assert "Прочитать книгу" not in words(panel.get(journal).data)
