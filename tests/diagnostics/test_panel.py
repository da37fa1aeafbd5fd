"""The panel's pages: versions, import with reasons, opened results within one's municipalities, readings noted."""

import copy
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from docx import Document
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from admin.access import ALL
from admin.app import create_app
from admin.settings import AdminSettings
from db.accounts.staff_services import create_staff
from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from db.diagnostics import services, staff_services
from db.diagnostics.content import InstrumentError, Problem, from_yaml
from db.diagnostics.models import InstrumentVersion
from db.diagnostics.services import ResultReader
from db.packs import load_pack
from db.people.models import Person
from db.scope import Scope, StaffRole
from tests.diagnostics.walking import NOW, complete
from tests.support import callers
from tests.support.town import add_teacher

PASSWORD = "достаточно длинный пароль"
Enter = Callable[..., "Browser"]


class Browser:
    """Somebody signed in."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, address: str, status: int = 200) -> str:
        answer = self.client.get(address)
        assert answer.status_code == status, (address, answer.status_code)
        return answer.get_data(as_text=True)

    def post(self, page: str, address: str = "", **fields: Any) -> str:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get(page))
        assert token
        data = {"csrf_token": token[1], **fields}
        answer = self.client.post(address or page, data=data, follow_redirects=True)
        assert answer.status_code == 200, answer.status_code
        return answer.get_data(as_text=True)


@pytest.fixture
def enter(database: Database, database_url: str, tmp_path: Path) -> Iterator[Enter]:
    """Signs an account of a role in."""
    settings = AdminSettings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=database_url,
        data_dir=tmp_path,
        secret_key="x" * 40,  # type: ignore[arg-type]
    )
    app = create_app(settings, database, FrozenClock(NOW))

    def sign_in(role: StaffRole, *municipalities: str) -> Browser:
        login = f"{role.value}{len(municipalities)}"
        database.write(
            create_staff,
            callers.clock(NOW),
            login=login,
            name="Методист",
            role=role,
            password=PASSWORD,
            municipality_codes=municipalities,
        )
        browser = Browser(app.test_client())
        browser.post("/login", login=login, password=PASSWORD)
        return browser

    yield sign_in


@pytest.fixture
def attempt(database: Database) -> int:
    """Vera of Chelyabinsk has finished and keeps the result to herself."""
    person = database.write(add_teacher, external_id=7001, name="Тестова Вера", now=NOW - timedelta(days=9))
    return complete(database, person, now=NOW - timedelta(days=1)).attempt_id


def share(database: Database, attempt: int, opened: bool = True) -> None:
    def change(session: Session) -> None:
        person = session.scalars(select(Person.id)).one()
        services.set_sharing(
            session, callers.person(person, NOW), attempt_id=attempt, audience=ResultReader.METHODIST, opened=opened
        )

    database.write(change)


def as_file(content: dict[str, Any]) -> tuple[BytesIO, str]:
    return BytesIO(yaml.safe_dump(content, allow_unicode=True).encode()), "teacher.yaml"


@pytest.fixture
def content() -> dict[str, Any]:
    return copy.deepcopy(load_pack("chelyabinsk").instruments()[0])


# --- instruments ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", sorted(ALL - {StaffRole.ORGANISATION}))
def test_everybody_reads_the_instruments(enter: Enter, role: StaffRole) -> None:
    browser = enter(role, *(["chelyabinsky-go"] if role is StaffRole.MUNICIPAL_METHODIST else []))
    page = browser.get("/diagnostics/")
    assert "Самодиагностика педагога" in page and "25 · 50 · 75" in page
    page = browser.get("/diagnostics/versions/1")
    for component in load_pack("chelyabinsk").instruments()[0]["components"]:
        assert component["items"][0]["anchors"][0] in page
    browser.get("/diagnostics/versions/99", 404)
    assert ("/diagnostics/import" in browser.get("/diagnostics/")) is (role is StaffRole.ADMINISTRATOR)


def test_a_new_version_is_imported_looked_at_and_published(
    enter: Enter, database: Database, content: dict[str, Any]
) -> None:
    browser = enter(StaffRole.ADMINISTRATOR)
    page = browser.post(
        "/diagnostics/import",
        file=as_file({**content, "version": content["version"] + 1, "title": "Новая <b>анкета</b>"}),
    )
    assert "Черновик сохранён" in page and "Новая &lt;b&gt;анкета&lt;/b&gt;" in page
    number = database.read(
        lambda session: session.scalars(
            select(InstrumentVersion.id).where(InstrumentVersion.version == content["version"] + 1)
        ).one()
    )
    for _ in range(2):
        page = browser.post("/diagnostics/import", f"/diagnostics/versions/{number}/publish")
    assert "Версия опубликована" in page
    rows = database.read(
        lambda session: list(
            session.scalars(
                select(InstrumentVersion).where(InstrumentVersion.instrument_id == 1).order_by(InstrumentVersion.id)
            )
        )
    )
    assert [row.status.value for row in rows] == ["retired", "published"]
    noted = database.read(
        lambda session: session.scalars(
            select(AuditEntry.action).where(AuditEntry.actor.like("staff:%")).order_by(AuditEntry.id)
        ).all()
    )
    assert [one for one in noted if one.startswith("diagnostics.")] == ["diagnostics.drafted", "diagnostics.published"]


def test_a_wrong_file_is_told_everything_at_once(enter: Enter, content: dict[str, Any]) -> None:
    browser = enter(StaffRole.ADMINISTRATOR)
    content["version"] += 1
    content["components"][2]["items"][1]["anchors"].pop()
    del content["components"][4]["strong"]
    page = browser.post("/diagnostics/import", file=as_file(content))
    assert "components[3].items[2].anchors" in page and "components[5].strong" in page


HOSTILE = {
    b"": "ожидались поля",
    b"- 1": "ожидались поля",
    b"\x00\x01\xff\x9f": "не читается как YAML",
    b"a: [1, 2": "не читается как YAML",
    b"a: 2020-99-99": "не читается как YAML",
    b"[" * 5000: "не читается как YAML",
    b"a: &a [x]\nb: *a": "ссылки YAML",
    b"a: !!python/object/apply:os.system [id]": "не читается как YAML",
    b"x" * 300_000: "больше 256",
}


def test_a_hostile_file_is_refused_kindly(enter: Enter) -> None:
    browser = enter(StaffRole.ADMINISTRATOR)
    for file, said in HOSTILE.items():
        assert said in browser.post("/diagnostics/import", file=(BytesIO(file), "x.yaml")), file[:40]


def test_a_published_version_is_not_replaced_by_a_file(enter: Enter, content: dict[str, Any]) -> None:
    page = enter(StaffRole.ADMINISTRATOR).post("/diagnostics/import", file=as_file({**content, "title": "Иначе"}))
    assert "не меняется" in page


def test_only_administrators_import(enter: Enter, database: Database, content: dict[str, Any]) -> None:
    draft = database.write(
        staff_services.import_draft,
        callers.staff(Scope(1, StaffRole.ADMINISTRATOR, None), NOW),
        file=as_file({**content, "version": content["version"] + 1})[0].read(),
    )
    browser = enter(StaffRole.REGIONAL_METHODIST)
    browser.get("/diagnostics/import", 403)
    browser.client.post(f"/diagnostics/versions/{draft.id}/publish")
    kept = database.read(lambda session: session.get_one(InstrumentVersion, draft.id).status.value)
    assert kept == "draft"


def test_from_yaml_names_the_line() -> None:
    with pytest.raises(InstrumentError) as refused:
        from_yaml("a: 1\nб: ]\nв: 2".encode())
    assert refused.value.problems[0].code == "not_yaml"
    assert refused.value.problems == [Problem("not_yaml", "2")]


# --- opened results -------------------------------------------------------------------------------------------------


def test_a_result_is_seen_only_while_its_owner_keeps_it_open(enter: Enter, database: Database, attempt: int) -> None:
    browser = enter(StaffRole.REGIONAL_METHODIST)
    assert "Тестова" not in browser.get("/diagnostics/results")
    browser.get(f"/diagnostics/results/{attempt}", 404)
    share(database, attempt)
    assert "Тестова Вера" in browser.get("/diagnostics/results")
    page = browser.get(f"/diagnostics/results/{attempt}")
    assert "Методика занятия" in page and "умеренный" in page
    share(database, attempt, opened=False)
    assert "Тестова" not in browser.get("/diagnostics/results")
    browser.get(f"/diagnostics/results/{attempt}", 404)


def test_every_reading_is_noted_and_a_refused_one_is_not(enter: Enter, database: Database, attempt: int) -> None:
    browser = enter(StaffRole.REGIONAL_METHODIST)
    browser.get(f"/diagnostics/results/{attempt}", 404)
    share(database, attempt)
    browser.get(f"/diagnostics/results/{attempt}")
    browser.get(f"/diagnostics/results/{attempt}")
    readings = database.read(
        lambda session: list(session.scalars(select(AuditEntry).where(AuditEntry.action == "diagnostics.read")))
    )
    assert [(row.object_id, row.subject_person_id is not None) for row in readings] == [(attempt, True)] * 2


def test_a_foreign_municipality_sees_nothing(enter: Enter, database: Database, attempt: int) -> None:
    share(database, attempt)
    own = enter(StaffRole.MUNICIPAL_METHODIST, "chelyabinsky-go")
    assert "Тестова" in own.get("/diagnostics/results")
    own.get(f"/diagnostics/results/{attempt}")
    foreign = enter(StaffRole.MUNICIPAL_METHODIST, "plastovsky-mr", "kusinsky-mr")
    page = foreign.get("/diagnostics/results")
    assert "Тестова" not in page
    home = database.read(lambda session: session.scalars(select(Person.municipality_id)).one())
    assert "Тестова" not in foreign.get(f"/diagnostics/results?municipality={home}")
    foreign.get(f"/diagnostics/results/{attempt}", 404)


def test_a_reader_sees_no_results(enter: Enter, database: Database, attempt: int) -> None:
    share(database, attempt)
    browser = enter(StaffRole.READER)
    assert "/diagnostics/results" not in browser.get("/diagnostics/")
    browser.get("/diagnostics/results", 403)
    browser.get(f"/diagnostics/results/{attempt}", 403)


def test_papers_go_only_where_the_result_is_open_and_stay_in_the_journal(
    enter: Enter, database: Database, attempt: int
) -> None:
    browser = enter(StaffRole.REGIONAL_METHODIST)
    address = f"/diagnostics/results/{attempt}"
    browser.get(f"{address}/journal.docx", 404)
    share(database, attempt)
    page = browser.get(address)
    for paper in ("journal", "card", "dossier-methodist", "dossier-mentor"):
        assert f"{address}/{paper}.docx" in page
        first, second = (browser.client.get(f"{address}/{paper}.docx") for _ in range(2))
        assert first.status_code == 200 and first.data == second.data
    browser.get(f"{address}/route.docx", 404)
    browser.get(f"{address}/dossier-nobody.docx", 404)
    text = "\n".join(
        one.text for one in Document(BytesIO(browser.client.get(f"{address}/journal.docx").data)).paragraphs
    )
    assert text.count("Педагог не открывал этот раздел методисту.") == 2
    taken = database.read(
        lambda session: list(session.scalars(select(AuditEntry.id).where(AuditEntry.action == "growth.paper")))
    )
    assert len(taken) == 9
    share(database, attempt, opened=False)
    browser.get(f"{address}/journal.docx", 404)
    share(database, attempt)
    enter(StaffRole.MUNICIPAL_METHODIST, "plastovsky-mr").get(f"{address}/journal.docx", 404)
