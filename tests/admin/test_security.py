"""The guard at the door: headers, hosts, forged forms, hostile names, failures that tell nothing."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from admin.access import public
from admin.security import client_address
from db.accounts.models import Staff
from db.clock import FrozenClock
from db.database import Database
from db.people.models import Person, RoleGrant
from tests.support.panel import Visitor, make_panel
from tests.support.town import add_teacher

Enter = Callable[[str], Visitor]
TEMPLATES = Path(__file__).parents[2] / "admin" / "templates"
EVIL = '<script>alert("x")</script><img src=x onerror=alert(1)>'


@pytest.mark.parametrize("url", ["/login", "/", "/nope", "/health", "/static/panel.css", "/people/"])
def test_every_answer_carries_the_headers(signed_in: Enter, url: str) -> None:
    headers = signed_in("region").get(url).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


def test_personal_pages_stay_out_of_caches(signed_in: Enter) -> None:
    assert signed_in("region").get("/people/").headers["Cache-Control"] == "no-store"


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
    database: Database, clock: FrozenClock, tmp_path: Path, app: Flask
) -> None:
    cookie = Visitor(app).get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    secure = make_panel(database, clock, tmp_path, admin_url="https://panel.example.org")
    answer = secure.test_client().get("/login", base_url="https://panel.example.org")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("host", ["evil.example", "panel.example.org.evil.example", "evil.example:8080", ""])
def test_a_foreign_host_is_refused(
    database: Database, clock: FrozenClock, tmp_path: Path, staff_ids: dict[str, int], host: str
) -> None:
    app = make_panel(database, clock, tmp_path, admin_url="https://panel.example.org")
    answer = app.test_client().get("/login", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil" not in answer.get_data(as_text=True)
    assert app.test_client().get("/login", headers={"Host": "panel.example.org"}).status_code == 200
    assert app.test_client().get("/health", headers={"Host": "127.0.0.1:8080"}).status_code == 200


LIVE = {"bot_token": "1000000:test", "secret_key": "k" * 40}
LOCAL, OPEN = {"admin_listen": "127.0.0.1:8080"}, {"admin_listen": "0.0.0.0:8080"}


@pytest.mark.parametrize(
    ("settings", "host", "status"),
    [
        (LOCAL, "localhost:8080", 200),
        (LOCAL, "127.0.0.1:8080", 200),
        (LOCAL, "[::1]:8080", 200),
        (LOCAL, "evil.example:8080", 400),
        (LOCAL | LIVE, "LOCALHOST", 200),
        (LOCAL | LIVE, "evil.example", 400),
        (LOCAL | LIVE, "192.168.1.5:8080", 400),
        (OPEN | LIVE, "192.168.1.5:8080", 200),
        (OPEN | LIVE, "evil.example:8080", 400),
        (OPEN | LIVE, "192.168.1.5.evil.example", 400),
        (OPEN, "my-server:8080", 200),
        ({"admin_listen": "panel.lan:8080"} | LIVE, "panel.lan:8080", 200),
    ],
)
def test_without_an_address_of_its_own_the_panel_answers_to_no_foreign_name(
    sqlite_url: str, clock: FrozenClock, tmp_path: Path, settings: dict[str, str], host: str, status: int
) -> None:
    database = Database.connect(sqlite_url)
    client = make_panel(database, clock, tmp_path, **settings).test_client()
    assert client.get("/login", headers={"Host": host}).status_code == status
    database.close()


@pytest.mark.parametrize(
    ("peer", "settings", "believed"),
    [
        ("127.0.0.1", {}, True),
        ("::1", OPEN | {"admin_url": "https://panel.example.org"}, True),
        ("172.18.0.5", OPEN | {"admin_url": "https://panel.example.org"}, False),
        ("9.9.9.9", OPEN | {"admin_url": "https://panel.example.org"}, False),
    ],
)
def test_who_is_believed_about_whom_he_passes_on(
    sqlite_url: str, clock: FrozenClock, tmp_path: Path, peer: str, settings: dict[str, str], believed: bool
) -> None:
    database = Database.connect(sqlite_url)
    app = make_panel(database, clock, tmp_path, **settings)
    passed_on = {"X-Forwarded-For": "198.51.100.7, 198.51.100.8"}
    with app.test_request_context("/login", headers=passed_on, environ_base={"REMOTE_ADDR": peer}):
        assert client_address() == ("198.51.100.8" if believed else peer)
    database.close()


def test_a_forged_form_changes_nothing(database: Database, clock: FrozenClock, signed_in: Enter) -> None:
    number = database.write(add_teacher, external_id=7, name="Тестова Вера", now=clock.now())
    visitor = signed_in("region")
    forged = visitor.post(f"/people/{number}/roles", {"role": "mentor"}, token=False)
    assert forged.status_code == 400
    assert "Страница устарела" in forged.get_data(as_text=True)
    assert database.read(lambda session: session.scalar(select(func.count()).select_from(RoleGrant))) == 0
    assert visitor.post(f"/people/{number}/roles", {"role": "mentor"}).status_code == 302
    assert database.read(lambda session: session.scalar(select(func.count()).select_from(RoleGrant))) == 1


def test_another_sessions_token_does_not_fit(signed_in: Enter, app: Flask) -> None:
    token = Visitor(app).token()
    answer = signed_in("region").post("/people/invite", {"role": "mentor", "csrf_token": token}, token=False)
    assert answer.status_code == 400


def test_every_post_needs_a_token(app: Flask, signed_in: Enter) -> None:
    from tests.admin.test_access import rules, url_of

    visitor = signed_in("admin")
    for rule in rules(app):
        if "POST" in (rule.methods or set()):
            assert visitor.client.post(url_of(rule)).status_code == 400, rule.rule


def test_a_hostile_name_stays_text_on_every_page(
    database: Database, clock: FrozenClock, signed_in: Enter, staff_ids: dict[str, int]
) -> None:
    number = database.write(add_teacher, external_id=7, name=EVIL, now=clock.now())

    def spoil(session) -> None:  # type: ignore[no-untyped-def]
        person = session.get(Person, number)
        person.organisation.name = EVIL + "2"
        session.get(Staff, staff_ids["town"]).name = EVIL

    database.write(spoil)
    visitor = signed_in("admin")
    for page in (
        "/",
        "/people/",
        f"/people/{number}",
        "/audit/",
        "/settings/organisations/?q=script",
        "/settings/staff/",
    ):
        text = visitor.text(page)
        assert "alert" in text, page
        assert "<script>alert" not in text, page
        assert "<img src=x" not in text, page
    assert "<script>" not in visitor.get('/people/?q="><script>alert(1)</script>').get_data(as_text=True)


def test_templates_hold_no_script_style_or_foreign_address() -> None:
    wrong = []
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for pattern in (
            r"<script(?![^>]*\bsrc=)",
            r"<style",
            r"\sstyle=",
            r"\son[a-z]+=",
            r"javascript:",
            r"(?:src|href)=\"(?:https?:)?//",
            r"\|\s*safe\b",
        ):
            wrong += [f"{path.name}: {found.group()}" for found in re.finditer(pattern, text)]
    assert not wrong


def test_a_failure_tells_nothing(app: Flask) -> None:
    @public
    def boom() -> str:
        raise RuntimeError("the secret of the house")

    app.add_url_rule("/boom", "boom", boom)
    answer = app.test_client().get("/boom")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "У нас что-то сломалось" in text
    assert "secret" not in text
    assert "Traceback" not in text


def test_kind_pages_for_what_is_not_there(signed_in: Enter) -> None:
    visitor = signed_in("town")
    assert "Такой страницы нет" in visitor.get("/nope").get_data(as_text=True)
    assert "нет доступа" in visitor.get("/audit/").get_data(as_text=True)
    assert visitor.client.delete("/people/").status_code == 405
    big = visitor.client.post("/password", data={"password": "x" * 2_000_000})
    assert big.status_code == 413
    assert "Слишком много текста" in big.get_data(as_text=True)


def test_numbers_and_signs_that_no_database_has_room_for(signed_in: Enter) -> None:
    visitor = signed_in("admin")
    for path in ("/people/3000000000", f"/people/{'9' * 25}", "/applications/3000000000"):
        assert visitor.get(path).status_code == 404, path
    for path in ("/applications/?q=a%00", "/people/?q=%00", "/login?next=%00"):
        assert visitor.get(path).status_code != 500, path


def test_health(stranger: Visitor, app: Flask, database: Database) -> None:
    answer = stranger.get("/health")
    assert (answer.status_code, answer.json) == (200, {"status": "ok", "database": "ok"})


def test_health_without_a_database(tmp_path: Path, clock: FrozenClock) -> None:
    database = Database.connect(f"sqlite:///{tmp_path / 'nothing.db'}")
    app = make_panel(database, clock, tmp_path)
    answer = app.test_client().get("/health")
    assert (answer.status_code, answer.json) == (503, {"status": "failed", "database": "failed"})
    database.close()
