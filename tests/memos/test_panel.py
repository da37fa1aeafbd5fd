"""The memo's page: what is chosen, read, printed and taken as a file, and what the journal keeps of it."""

import html
import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from db.audit.models import AuditEntry
from db.database import Database
from db.dictionaries.models import Municipality
from db.docx import DOCX
from db.errors import ConflictError
from db.memos import staff_queries, staff_services
from db.memos.models import MemoForm
from db.memos.rules import MemoKind
from db.scope import Scope, StaffRole
from db.storage import StoredFile
from tests.memos.support import form, words
from tests.support import callers
from tests.support.panel import Visitor, add_staff


def test_the_page_says_what_the_file_will(visit, demo: Database) -> None:  # type: ignore[no-untyped-def]
    visitor: Visitor = visit()
    page = visitor.text("/memos/?kind=selection&since=2025-09-01")
    answer = visitor.get("/memos/memo.docx?kind=selection&since=2025-09-01")
    assert (answer.status_code, answer.mimetype) == (200, DOCX)
    word = Document(io.BytesIO(answer.data))
    told = [one.text for one in word.paragraphs]
    for sentence in ("Подано 629 заявок из 36 муниципальных образований (всего 43).", "Вся служба"):
        assert sentence in told and sentence in page
    assert "Источник: отчёт «Воронка отбора», данные на 2 марта 2026 года." in page
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
        "form": None,
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


def test_a_form_of_ones_own_is_tried_kept_and_filled_in(visit, demo: Database) -> None:  # type: ignore[no-untyped-def]
    visitor: Visitor = visit()
    page = visitor.text("/memos/forms/")
    assert "{{ events.text }}" in page and "Своих форм пока нет" in page
    answer = send(visitor, "/memos/forms/", form("{{ title }}", "{{ events.text }}"), title="Форма", kind="events")
    assert answer.status_code == 302
    address = answer.headers["Location"]
    card = visitor.text(address)
    assert "форма.docx" in card and "Проба на учебных данных" in card
    assert "учебные данные" in words(visitor.get(f"{address}/try.docx").data)
    page = visitor.text("/memos/?kind=events")
    link = re.search(r'href="(/memos/memo.docx\?form=\d+[^"]*)"', page)
    assert link is not None
    filled = words(visitor.get(html.unescape(link[1])).data)
    assert filled[0] == "Аналитическая справка о событиях" and filled[1].startswith("За период — ")
    assert send(visitor, address, form("{{ unit }}"), seen="1").status_code == 302
    assert "Новая версия сохранена" in visitor.text(address)
    send(visitor, address, form("{{ made }}"), seen="1")
    assert "кто-то загрузил новую версию" in visitor.text(address)
    assert words(visitor.get(f"{address}/1.docx").data)[0] == "{{ title }}"
    visitor.post(f"{address}/use", {"used": "0"})
    assert "Форма</a>" not in visitor.text("/memos/?kind=events")
    deeds = demo.read(
        lambda session: session.scalars(
            select(AuditEntry.action).where(AuditEntry.object_type == "memo_form").order_by(AuditEntry.id)
        ).all()
    )
    assert deeds == ["memos.add_form", "memos.put_version", "memos.use_form"]


def test_a_form_that_cannot_be_filled_is_refused_and_leaves_no_file(visit, demo: Database, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    visitor: Visitor = visit()
    before = sorted(tmp_path.glob("documents/*/*.docx"))
    send(visitor, "/memos/forms/", form("{{ salary }}"), title="Форма", kind="events")
    assert "есть поле «salary», а система такого не знает" in visitor.text("/memos/forms/")
    send(visitor, "/memos/forms/", form("{{ title }}"), title="Ф", kind="events")
    assert "хотя бы тремя буквами" in visitor.text("/memos/forms/")
    assert demo.read(lambda session: session.scalars(select(MemoForm)).all()) == []
    left = [one for one in sorted(tmp_path.glob("documents/*/*.docx")) if one not in before]
    assert len(left) == 1, "only the one whose name was too short, until the hourly sweep"


def test_forms_are_changed_by_the_region_alone(visit, demo: Database) -> None:  # type: ignore[no-untyped-def]
    own: Visitor = visit(StaffRole.MUNICIPAL_METHODIST, "chelyabinsky-go")
    assert "Новая форма" not in own.text("/memos/forms/")
    assert send(own, "/memos/forms/", form("{{ title }}"), title="Форма", kind="events").status_code == 403
    assert visit(StaffRole.READER).get("/memos/forms/").status_code == 403


@pytest.mark.parametrize("number", [0, 1])
def test_of_two_who_bring_the_next_version_at_once_one_is_told(database: Database, number: int) -> None:
    """Both saw the first version: the second upload would have silently taken the place of the first."""
    region = callers.staff(Scope(1, StaffRole.REGIONAL_METHODIST, None))
    staff = database.write(
        lambda session: add_staff(session, login="one", role=StaffRole.REGIONAL_METHODIST, now=region.now)
    )
    caller = replace(region, scope=replace(region.scope, staff_id=staff))
    files = [StoredFile("a.docx", f"{one:032x}.docx", DOCX, 1, f"{one:064x}") for one in range(3)]
    made = database.write(staff_services.add_form, caller, title="Форма", kind=MemoKind.EVENTS, stored=files[0])

    def bring(one: int) -> object:
        try:
            return database.write(staff_services.put_version, caller, form_id=made, seen=1, stored=files[one + 1])
        except ConflictError as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(map(str, pool.map(bring, (number, 1 - number)))) == ["2", "memo_form_moved"]
    assert len(database.read(staff_queries.memo_form, form_id=made).versions) == 2


def send(visitor: Visitor, address: str, content: bytes, **fields: str) -> TestResponse:
    """Sends a form of the panel with a Word file."""
    file = FileStorage(io.BytesIO(content), filename="форма.docx")
    boundary, body = encode_multipart({"csrf_token": visitor.token(), "scan": file, **fields})
    return visitor.client.post(address, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')


def test_the_page_shows_the_charts_of_the_file(visit) -> None:  # type: ignore[no-untyped-def]
    """A reader of the page was sent to the Word file for its pictures."""
    visitor: Visitor = visit()
    for kind in ("selection", "plan"):
        page = visitor.text(f"/memos/?kind={kind}&since=2025-09-01")
        addresses = [html.unescape(one) for one in re.findall(r'<img src="(/memos/picture/[^"]+)"', page)]
        names = re.findall(r"<figcaption>(.+?)</figcaption>", page)
        word = Document(io.BytesIO(visitor.get(f"/memos/memo.docx?kind={kind}&since=2025-09-01").data))
        assert len(addresses) == len(word.inline_shapes) == len(names) > 0
        told = [one.text for one in word.paragraphs]
        for address, name in zip(addresses, names, strict=True):
            answer = visitor.get(address)
            assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
            title = html.unescape(name).split(". ", 1)[1]
            assert html.unescape(name) in told and title in re.sub(r"\s+", " ", answer.get_data(as_text=True))
            assert visitor.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert visitor.get("/memos/picture/99.svg?kind=selection").status_code == 404
