"""What a program gets for its token over HTTP: the figures of the pages, as JSON and CSV, and words for every no."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from admin.api.tables import as_csv, as_tables
from admin.api.views import OFFERED
from admin.report import Book
from admin.sheets import Column, Sheet
from db.accounts.models import Staff
from db.api import staff_services
from db.api.models import ApiReading, ApiToken
from db.api.rules import fresh_token
from db.applications.models import Campaign
from db.audit.models import AuditEntry
from db.clock import FrozenClock, local_day
from db.database import Database
from db.dictionaries.models import Municipality
from db.people.models import Person
from db.scope import Scope, StaffRole
from tests.support import callers
from tests.support.demo import demo_copy
from tests.support.panel import Visitor, add_staff, make_panel

HOME, FOREIGN = "magnitogorsky-go", "chelyabinsky-go"


class Program:
    """Something that reads with a token."""

    def __init__(self, app: Flask, token: str, address: str = "127.0.0.1") -> None:
        self.client, self.token, self.address = app.test_client(use_cookies=False), token, address

    def get(self, path: str, **headers: str) -> TestResponse:
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return self.client.get(f"/api/v1{path}", headers=sent | headers, environ_base={"REMOTE_ADDR": self.address})


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Database]:
    database = Database.connect(demo_copy(tmp_path))
    yield database
    database.close()


@pytest.fixture
def app(demo: Database, clock: FrozenClock, tmp_path: Path) -> Flask:
    return make_panel(demo, clock, tmp_path)


Give = Callable[..., Program]


@pytest.fixture
def give(demo: Database, clock: FrozenClock, app: Flask) -> Give:
    """`give(role, *municipalities)`: a program with a token of such an account."""
    boss = demo.write(add_staff, login="issuer", role=StaffRole.ADMINISTRATOR, now=clock.now())
    admin = callers.staff(Scope(boss, StaffRole.ADMINISTRATOR, None), clock.now())

    def make(
        role: StaffRole = StaffRole.REGIONAL_METHODIST, *municipalities: str, address: str = "10.0.0.1"
    ) -> Program:
        login = f"{role.value[:8]}-{len(municipalities)}"
        staff_id = demo.write(add_staff, login=login, role=role, now=clock.now(), municipalities=municipalities)
        day = local_day(clock.now(), admin.zone)
        token = demo.write(staff_services.issue_token, admin, name="Таблица", staff_id=staff_id, last_day=day)
        return Program(app, token, address)

    return make


def problem(answer: TestResponse, code: int) -> dict[str, Any]:
    assert (answer.status_code, answer.content_type) == (code, "application/problem+json"), answer.data[:200]
    told: dict[str, Any] = json.loads(answer.data)
    assert told["status"] == code and re.search("[а-я]{4}", told["title"]) and len(told["detail"]) > 10
    return told


def test_every_report_offered_is_the_page_s_workbook(give: Give, app: Flask, demo: Database) -> None:
    """The API has no figure of its own: what is masked on a reader's page is masked here."""
    program = give(StaffRole.READER)
    visitor = Visitor(app)
    assert visitor.sign_in("reader-0").status_code == 302
    index = json.loads(program.get("/").data)["reports"]
    assert [one["name"] for one in index] == [name for name in OFFERED if name != "needs"], "there is no survey here"
    for one in index:
        read, answer = program.get(f"/reports/{one['name']}"), visitor.get(f"/reports/{one['name']}.xlsx")
        assert read.status_code == answer.status_code
        assert read.status_code == 200, "what is offered answered 404"
        told = json.loads(read.data)
        book = load_workbook(io.BytesIO(answer.data))
        masks = {"< 5"} | {value for table in told["tables"] for row in table["rows"] for value in row if not value}
        for table, page in zip(told["tables"], book.worksheets, strict=False):
            lines = [list(row) for row in page.iter_rows(values_only=True)]
            assert table["columns"] == lines[0][: len(table["columns"])]
            for mine, theirs in zip(table["rows"], lines[1:], strict=False):
                for value, cell in zip(mine, theirs, strict=False):
                    same = value == cell or (value in ("", None) and cell in ("", None)) or value in masks
                    assert same or value == pytest.approx(cell), (one["name"], table["name"], value, cell)


def test_what_is_masked_on_the_page_is_masked_for_a_program(give: Give) -> None:
    rows = json.loads(give().get("/reports/deficits").data)["tables"][0]["rows"]
    flat = [value for row in rows for value in row[1:]]
    assert all(isinstance(value, str | int | float | None) for value in flat) and len(flat) > 20


def test_people_who_came_are_told_in_fives_by_whole_groups_since_whatever_day(give: Give) -> None:
    """Two answers since two days in a row used to differ by exactly those who had registered for the day between."""
    program, seen = give(), set()
    for day in range(1, 29):
        for table in json.loads(program.get(f"/reports/events?since=2026-02-{day:02}").data)["tables"]:
            for row in (*table["rows"], table["total"]):
                assert all(row[place] % 5 == 0 for place in (2, 3, 5)), row
            seen.add(table["total"][2])
    assert len(seen) > 1, "control: the days differ"
    selection = json.loads(program.get("/reports/selection").data)["tables"]
    assert selection[0]["total"][1:5] == ["Всего", 629, 458, 171]


def test_nobody_s_name_leaves_the_panel(give: Give, demo: Database) -> None:
    program = give(StaffRole.ADMINISTRATOR)
    full = demo.read(lambda session: session.scalars(select(Person.full_name).distinct()).all())
    names = {name.split()[0] for name in full if name}
    said = "".join(program.get(f"/reports/{name}").get_data(as_text=True) for name in OFFERED)
    words = set(re.findall(r"[А-ЯЁ][а-яё]+", said))
    assert not {name for name in names if name in words}
    assert program.get("/reports/active").status_code == program.get("/reports/training").status_code == 404


def test_a_town_s_token_sees_its_town_alone(give: Give, demo: Database) -> None:
    program = give(StaffRole.MUNICIPAL_METHODIST, HOME)
    with demo.engine.connect() as connection:
        towns = connection.execute(select(Municipality.id, Municipality.name, Municipality.code)).all()
    foreign = next(row.id for row in towns if row.code == FOREIGN)
    names = {row.name for row in towns if row.code != HOME}
    for name in OFFERED:
        said = program.get(f"/reports/{name}").get_data(as_text=True)
        assert not {one for one in names if one in said}, name
    problem(program.get(f"/reports/deficits?municipality={foreign}"), 404)


def test_a_table_as_csv_by_ending_and_by_what_is_accepted(give: Give) -> None:
    program = give()
    told = json.loads(program.get("/reports/events.json").data)["tables"][1]
    by_ending, by_wish = (
        program.get("/reports/events.csv?table=2"),
        program.get("/reports/events?table=2", Accept="text/csv"),
    )
    assert by_ending.content_type == "text/csv; charset=utf-8" and by_ending.data == by_wish.data
    rows = list(csv.reader(io.StringIO(by_ending.get_data(as_text=True), newline="")))
    assert rows[0] == told["columns"] and len(rows) == len(told["rows"]) + 2
    for wrong in ("0", "99", "x", "-1"):
        problem(program.get(f"/reports/events.csv?table={wrong}"), 404)


def test_a_formula_in_a_name_is_a_text_in_csv() -> None:
    rows = [["=1+1", -5], ["+7", 1], ["@x", 2], ["\tx", 3], ["Школа", None]]
    told = as_tables(
        Book("x", [Sheet("x", [Column("=name", 9, "text"), Column("n")], rows)], []), beside=None, least=5, masked=""
    )
    said = list(csv.reader(io.StringIO(as_csv(told["tables"][0]), newline="")))
    assert [row[0] for row in said] == ["'=name", "'=1+1", "'+7", "'@x", "'\tx", "Школа"]
    assert [row[1] for row in said[1:]] == ["-5", "1", "2", "3", ""]


def test_an_answer_says_when_nothing_has_changed_and_stays_out_of_shared_caches(give: Give, demo: Database) -> None:
    program = give()
    first = program.get("/reports/selection")
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in first.headers and "Authorization" in first.headers["Vary"]
    known = {"If-None-Match": first.headers["ETag"]}
    again = program.get("/reports/selection", **known)
    assert (again.status_code, again.data) == (304, b"")
    assert program.get("/reports/selection.csv", **known).status_code == 200, "CSV is another text"
    demo.write(lambda session: session.execute(update(Campaign).values(title="Другое название")))
    assert program.get("/reports/selection", **known).status_code == 200


def test_without_a_good_token_nothing_is_told(give: Give, app: Flask) -> None:
    program = give()
    for token in ("", "x", fresh_token(), program.token[:-1] + "~"):
        answer = Program(app, token).get("/reports/deficits")
        problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer") and "Set-Cookie" not in answer.headers
    assert Program(app, "").get(f"/reports/deficits?token={program.token}").status_code == 401, "not in an address"
    visitor = Visitor(app)
    assert visitor.sign_in("regional-0").status_code == 302
    assert visitor.get("/api/v1/reports/deficits").status_code == 401, "a session is no token"
    assert (
        program.client.get("/reports/deficits", headers={"Authorization": f"Bearer {program.token}"}).status_code == 302
    )


def test_every_no_is_a_problem_in_words(give: Give, app: Flask, demo: Database) -> None:
    program = give()
    for wrong in ("/reports/none", "/reports/none.csv", "/none", "/reports/needs?survey=none"):
        problem(program.get(wrong), 404)
    sent = {"Authorization": f"Bearer {program.token}"}
    problem(app.test_client().post("/api/v1/reports/deficits", headers=sent), 405)
    demo.write(
        lambda session: session.execute(update(Staff).where(Staff.login == "regional-0").values(role="coordinator"))
    )
    problem(program.get("/reports/deficits"), 403)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("deficits?centre=starooskolsky-go", "centre"),
        ("deficits?municipality=belgorod-go", "municipality"),
        ("coverage?municipality=0", "municipality"),
        ("deficits?position=teacher", "position"),
        ("deficits?measure=nope", "measure"),
        ("deficits?low_results=yes", "low_results"),
        ("demand?category=young", "category"),
        ("demand.csv?instrument=учитель", "instrument"),
        ("selection?campaign=first", "campaign"),
        ("events?by=nope", "by"),
        ("events?since=xx", "since"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_by_its_name(give: Give, address: str, name: str) -> None:
    """Everything was told, and `asked` said that it had been narrowed as asked."""
    told = problem(give().get(f"/reports/{address}"), 400)
    assert told["detail"].startswith(f"Параметр «{name}»: ожидается")


def test_a_misspelt_parameter_is_refused_by_its_name(give: Give) -> None:
    told = problem(give().get("/reports/deficits?municipalty=12"), 400)
    assert told["detail"] == "Параметр «municipalty»: у этого отчёта такого параметра нет."


def test_an_unknown_number_is_not_found_and_an_empty_value_asks_nothing(give: Give) -> None:
    program = give()
    for address in ("deficits?position=999999", "deficits?municipality=999999", "selection?campaign=999999"):
        problem(program.get(f"/reports/{address}"), 404)
    whole = json.loads(program.get("/reports/deficits").data)
    assert json.loads(program.get("/reports/deficits?municipality=&measure=&sort=name&page=2").data) == whole


def test_a_program_reads_so_often_and_no_more(give: Give) -> None:
    program, other = give(), give(StaffRole.READER)
    codes = [program.get("/").status_code for _ in range(61)]
    assert codes == [200] * 60 + [429]
    answer = program.get("/")
    problem(answer, 429)
    assert answer.headers["Retry-After"] == "60"
    assert other.get("/").status_code == 200, "another's program goes on"


def test_who_tries_tokens_is_let_alone_with_it(app: Flask, give: Give) -> None:
    stranger = Program(app, fresh_token(), "10.0.0.9")
    assert [stranger.get("/").status_code for _ in range(31)] == [401] * 30 + [429]
    assert give().get("/").status_code == 200, "others go on"


def test_readings_are_counted_and_the_first_of_a_day_is_in_the_journal(
    give: Give, demo: Database, clock: FrozenClock
) -> None:
    program = give()
    for path in ("/reports/events?by=format&since=2025-09-01", "/reports/events.csv", "/reports/coverage"):
        assert program.get(path).status_code == 200
    lines = demo.read(lambda session: session.scalars(select(AuditEntry).where(AuditEntry.action == "api.read")).all())
    assert [line.details["report"] for line in lines] == ["events", "coverage"]
    assert lines[0].details["asked"] == {"by": "format", "since": "2025-09-01"} and lines[0].actor.startswith("staff:")
    assert program.token not in str([vars(line) for line in lines])
    times = demo.read(lambda session: session.execute(select(ApiReading.report, ApiReading.times)).all())
    assert sorted(map(tuple, times)) == [("coverage", 1), ("events", 2)]
    assert demo.read(lambda session: session.scalar(select(ApiToken.used_at))) == clock.now()
    rows = demo.read(lambda session: session.scalar(select(func.count()).select_from(ApiReading)))
    assert rows == 2
