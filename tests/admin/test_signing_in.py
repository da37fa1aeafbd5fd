"""Signing in: by password, by a one-time link; guessing is slowed down, nobody is led elsewhere."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from db.accounts import services
from db.accounts.models import LinkPurpose, Staff
from db.accounts.rules import hash_password
from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from tests.support import callers
from tests.support.figures import Figures
from tests.support.panel import PASSWORD, Visitor
from tests.support.processes import volumes

Enter = Callable[[str], Visitor]


def test_a_password_opens_the_panel_and_the_journal_knows(stranger: Visitor, database: Database) -> None:
    answer = stranger.sign_in(" Region ")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert "Region" in stranger.text("/")
    actions = database.read(lambda session: session.scalars(select(AuditEntry.action)).all())
    assert "staff.sign_in" in actions


def test_wrong_password_and_unknown_login_sound_alike(stranger: Visitor) -> None:
    wrong, unknown = stranger.sign_in("region", "wrong password"), stranger.sign_in("nobody", "wrong password")
    assert wrong.status_code == unknown.status_code == 401

    def page(answer) -> str:  # type: ignore[no-untyped-def]
        text = answer.get_data(as_text=True)
        return text[text.index('role="alert"') : text.index("</p>", text.index('role="alert"'))]

    assert page(wrong) == page(unknown)


@pytest.mark.usefixtures("slow_passwords")
def test_an_unknown_login_takes_as_long_as_a_wrong_password(database: Database, staff_ids: dict[str, int]) -> None:
    """The least of several, by the time of the processor: a busy machine bends that less."""

    def spent(login: str) -> float:
        begun = time.thread_time()
        assert database.read(services.authenticate, login=login, password="wrong") is None
        return time.thread_time() - begun

    real = {"password_hash": hash_password(PASSWORD)}  # other tests' hashes are quick to check
    database.write(lambda session: session.execute(update(Staff).where(Staff.login == "region").values(real)))
    spent("nobody")  # the decoy is made at the first need
    unknown, wrong = zip(*((spent("nobody"), spent("region")) for _ in range(8)), strict=True)
    assert 0.3 < min(unknown) / min(wrong) < 3


def test_guessing_one_account_is_throttled_with_a_clear_word(app: Flask) -> None:
    for guess in range(10):
        assert Visitor(app, f"10.0.0.{guess}").sign_in("region", "wrong").status_code == 401
    answer = Visitor(app, "10.0.1.1").sign_in("region")
    assert answer.status_code == 429
    assert "Подождите 15 минут" in answer.get_data(as_text=True)
    assert Visitor(app, "10.0.1.1").sign_in("admin").status_code == 302


def test_guessing_from_one_address_is_throttled(app: Flask) -> None:
    visitor = Visitor(app, "10.0.0.7")
    for guess in range(30):
        assert visitor.sign_in(f"login{guess}", "wrong").status_code == 401
    assert visitor.sign_in("region").status_code == 429
    assert Visitor(app, "10.0.0.8").sign_in("region").status_code == 302


def test_only_a_proxy_on_this_machine_says_for_whom_it_calls(app: Flask) -> None:
    for guess in range(30):
        Visitor(app, "10.0.0.7").post(
            "/login", {"login": f"x{guess}", "password": "y"}, headers={"X-Forwarded-For": f"9.9.9.{guess}"}
        )
    assert Visitor(app, "10.0.0.7").sign_in("region").status_code == 429


def test_right_passwords_are_not_counted(app: Flask) -> None:
    for _ in range(12):
        assert Visitor(app).sign_in("region").status_code == 302


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\tevil",
        "javascript:alert(1)",
        "evil",
    ],
)
def test_nobody_is_led_to_another_site(stranger: Visitor, target: str) -> None:
    assert stranger.sign_in("region", next=target).headers["Location"] == "/"


def test_one_lands_where_one_wanted_to_go(stranger: Visitor) -> None:
    wanted = stranger.get("/people/?q=иванова").headers["Location"]
    assert wanted.startswith("/login?next=")
    assert stranger.sign_in("region", next="/people/?q=a").headers["Location"] == "/people/?q=a"


def test_nothing_from_before_survives_signing_in(stranger: Visitor) -> None:
    with stranger.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    stranger.sign_in("region")
    with stranger.client.session_transaction() as session:
        assert "planted" not in session


def test_signing_out(signed_in: Enter) -> None:
    visitor = signed_in("region")
    assert visitor.post("/logout").headers["Location"] == "/login"
    assert visitor.get("/").status_code == 302


def test_an_inactive_account_cannot_sign_in(stranger: Visitor, database: Database) -> None:
    database.write(lambda session: session.execute(update(Staff).where(Staff.login == "region").values(active=False)))
    assert stranger.sign_in("region").status_code == 401


def test_the_own_password(signed_in: Enter) -> None:
    visitor, other = signed_in("region"), signed_in("region")
    form = {"current": PASSWORD, "password": "a new long password", "again": "a new long password"}
    visitor.post("/password", form | {"current": "wrong"})
    assert other.get("/").status_code == 200
    visitor.post("/password", form)
    assert visitor.get("/").status_code == 200
    assert other.get("/").status_code == 302


# --- one-time links ---


def link(database: Database, clock: FrozenClock, staff_id: int) -> str:
    token = database.write(
        services.issue_link, callers.clock(clock.now()), staff_id=staff_id, purpose=LinkPurpose.SIGN_IN
    )
    return f"/link/{token}"


def test_a_link_signs_in_once_and_only_by_its_button(
    app: Flask, database: Database, clock: FrozenClock, staff_ids: dict[str, int]
) -> None:
    url = link(database, clock, staff_ids["region"])
    first, second = Visitor(app), Visitor(app)
    for _ in range(3):  # a messenger's preview
        assert "Войти в панель" in first.text(url)
    assert first.post(url).headers["Location"] == "/"
    assert first.get("/").status_code == 200
    assert second.post(url).headers["Location"] == "/login"
    assert "уже использована или устарела" in second.text("/login")


def test_a_link_lasts_ten_minutes(
    app: Flask, database: Database, clock: FrozenClock, staff_ids: dict[str, int]
) -> None:
    url = link(database, clock, staff_ids["region"])
    clock.moment += timedelta(minutes=10)
    assert Visitor(app).post(url).headers["Location"] == "/login"


def test_a_connecting_link_does_not_sign_in(
    app: Flask, database: Database, clock: FrozenClock, staff_ids: dict[str, int]
) -> None:
    token = database.write(
        services.issue_link, callers.clock(clock.now()), staff_id=staff_ids["region"], purpose=LinkPurpose.CONNECT
    )
    assert Visitor(app).post(f"/link/{token}").headers["Location"] == "/login"


@volumes(many=(24, 200))
def test_of_many_who_press_at_once_one_gets_in(
    app: Flask, database: Database, clock: FrozenClock, staff_ids: dict[str, int], figures: Figures, many: int
) -> None:
    url = link(database, clock, staff_ids["region"])
    visitors = [Visitor(app) for _ in range(many)]
    tokens = [visitor.token() for visitor in visitors]
    places: list[str] = []
    start = threading.Barrier(len(visitors))

    def press(visitor: Visitor, token: str) -> None:
        start.wait()
        places.append(visitor.post(url, {"csrf_token": token}, token=False).headers["Location"])

    threads = [threading.Thread(target=press, args=pair) for pair in zip(visitors, tokens, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    within = places.count("/")
    figures.note("One-time link", f"{many} press at once: {within} gets in", goal="200 at once: one", held=within == 1)
    assert sorted(places) == ["/"] + ["/login"] * (many - 1)
