"""The page of a one-time link: a stranger with the link, the same checks as in the bot, kind words when it is over."""

import io
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from db.applications.models import Document
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.services import keep_bot_link
from db.documents.models import Scan
from db.storage import Storage
from db.training import services as training
from db.uploads import services
from tests.applications.support import EXE, PDF, World, docx
from tests.support import callers
from tests.support.panel import Visitor, make_panel


@pytest.fixture
def desk(sqlite_url: str, clock: FrozenClock, tmp_path: Path) -> Iterator[tuple[World, Visitor, str]]:
    door = Database.connect(sqlite_url)
    world = World(door, clock.now())
    person_id = world.teacher(name="Негласнова Вера Ивановна")
    asked = callers.person(person_id, world.now)
    token = door.write(services.give_link, asked, application_id=world.draft(person_id).id, number=4)
    yield world, Visitor(make_panel(door, clock, tmp_path)), token
    door.close()


def posted(visitor: Visitor, path: str, *files: tuple[str, bytes]) -> tuple[int, str]:
    fields = {"scan": [(io.BytesIO(content), name) for name, content in files]}
    answer = visitor.post(path, fields, content_type="multipart/form-data")
    return answer.status_code, unescape(answer.get_data(as_text=True))


def test_a_stranger_with_the_link_adds_files_and_learns_nothing(
    desk: tuple[World, Visitor, str], tmp_path: Path
) -> None:
    world, visitor, token = desk
    answer = visitor.client.get(f"/upload/{token}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200 and "Негласнова" not in page and "Курсы по направлению" in page
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Referrer-Policy"] == "no-referrer"
    bad = docx(extra={"word/vbaProject.bin": b"x"})
    status, page = posted(
        visitor,
        f"/upload/{token}/files",
        ("диплом.pdf", PDF),
        ("игра.exe", EXE),
        ("макрос.docx", bad),
        ("ещё.pdf", PDF),
    )
    assert status == 200 and "«диплом.pdf» уже в заявке" in page
    assert "«игра.exe» не подошёл" in page and "В «макрос.docx» есть макросы" in page
    rows = world.database.read(lambda session: session.scalars(select(Document)).all())
    assert [row.file_name for row in rows] == ["диплом.pdf"], "the same paper twice is there once"
    kept = [path.name for path in Storage(tmp_path)._root.rglob("*") if path.is_file()]
    assert kept == [rows[0].stored_name], "what was refused leaves nothing"
    assert "Выберите хотя бы один файл" in posted(visitor, f"/upload/{token}/files")[1]


def test_what_is_over_is_told_kindly(desk: tuple[World, Visitor, str]) -> None:
    _, visitor, token = desk
    assert "Спасибо, всё на месте" in unescape(visitor.post(f"/upload/{token}/close", {}).get_data(as_text=True))
    for path in (f"/upload/{token}", "/upload/", "/upload/none"):
        answer = visitor.client.get(path)
        page = unescape(answer.get_data(as_text=True))
        assert answer.status_code == 404 and "на месте" in page
        assert "Ссылка своё отслужила" in page and "Как получить новую" in page and "С компьютера или телефона" in page
    assert posted(visitor, f"/upload/{token}/files", ("a.pdf", PDF))[0] == 404


def test_a_link_that_has_served_leads_to_where_a_new_one_is_had(desk: tuple[World, Visitor, str]) -> None:
    """It led back to the application, and nothing there said what to do."""
    world, visitor, token = desk
    world.database.write(
        lambda session: keep_bot_link(session, platform="telegram", pattern="https://t.me/opora?start={payload}")
    )
    visitor.post(f"/upload/{token}/close", {})
    assert "?start=files_over" in unescape(visitor.client.get(f"/upload/{token}").get_data(as_text=True))


def test_a_form_of_another_site_is_refused(desk: tuple[World, Visitor, str]) -> None:
    _, visitor, token = desk
    files = {"scan": (io.BytesIO(PDF), "a.pdf")}
    answer = visitor.app.test_client().post(f"/upload/{token}/files", data=files, content_type="multipart/form-data")
    assert answer.status_code == 400


def test_what_goes_wrong_is_told_as_such_and_logged_without_the_key(tmp_path: Path, clock: FrozenClock) -> None:
    """A database that was away left the address of a link that still took files in the log."""
    database = Database.connect(f"sqlite:///{tmp_path / 'nothing.db'}")
    visitor = make_panel(database, clock, tmp_path).test_client()
    with capture_logs() as lines:
        assert visitor.get("/upload/some-key").status_code == 503
    assert [line["event"] for line in lines] == ["storage_failed"] and "some-key" not in str(lines)
    assert lines[0]["endpoint"] == "upload.card"
    database.close()


def test_a_certificate_comes_to_its_record_by_the_same_page(desk: tuple[World, Visitor, str], tmp_path: Path) -> None:
    world, visitor, _ = desk
    person_id = world.teacher(2002, "Тайная Ольга Петровна")
    asked = callers.person(person_id, world.now)
    record_id = world.database.write(training.begin, asked).id
    world.database.write(training.put_text, asked, record_id=record_id, field="title", text="Курсы наставников")
    token = world.database.write(services.give_record_link, asked, record_id=record_id)
    page = unescape(visitor.client.get(f"/upload/{token}").get_data(as_text=True))
    assert "Документ об обучении: Курсы наставников" in page and "Тайная" not in page and "Критерий" not in page
    status, page = posted(visitor, f"/upload/{token}/files", ("игра.exe", EXE), ("диплом.pdf", PDF))
    assert status == 200 and "«диплом.pdf» приложен к записи" in page and "«игра.exe» не подошёл" in page
    row = world.database.read(lambda session: session.scalars(select(Scan)).one())
    assert row.file_name == "диплом.pdf"
    assert [path.name for path in Storage(tmp_path)._root.rglob("*") if path.is_file()] == [row.stored_name]
