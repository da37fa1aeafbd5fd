"""A session ends when its owner says so, and at the latest when its hours are over; nobody puts one on another.

All of it holds in every panel process on the database at once.
"""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from admin.auth import SESSION_LASTS
from db import erasure
from db.accounts import services, sessions, staff_services, sweeps
from db.accounts.models import EndedSession, LinkPurpose, Staff, WrongPasswords
from db.clock import FrozenClock
from db.database import Database
from db.errors import DomainError
from db.scope import StaffRole
from tests.support import callers
from tests.support.panel import PASSWORD, Visitor, add_staff, make_panel
from tests.support.town import add_teacher


@pytest.fixture
def app(database: Database, clock: FrozenClock, tmp_path: Path) -> Flask:
    database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    return make_panel(database, clock, tmp_path)


def cookie_of(visitor: Visitor) -> str:
    cookie = visitor.client.get_cookie("opora")
    assert cookie is not None
    return cookie.value


def with_cookie(app: Flask, value: str) -> Visitor:
    thief = Visitor(app)
    thief.client.set_cookie("opora", value)
    return thief


def test_a_copied_cookie_ends_with_the_session(app: Flask) -> None:
    visitor = Visitor(app)
    visitor.sign_in("region")
    copy = cookie_of(visitor)
    assert with_cookie(app, copy).get("/people/").status_code == 200
    visitor.post("/logout")
    assert with_cookie(app, copy).get("/people/").status_code == 302
    assert visitor.sign_in("region").status_code == 302
    assert visitor.get("/people/").status_code == 200


def test_signing_out_leaves_ones_other_devices_alone(app: Flask) -> None:
    phone, desk = Visitor(app), Visitor(app)
    phone.sign_in("region")
    desk.sign_in("region")
    phone.post("/logout")
    assert desk.get("/people/").status_code == 200


def test_a_session_ends_after_its_hours_however_busy_it_was(app: Flask, clock: FrozenClock) -> None:
    visitor = Visitor(app)
    visitor.sign_in("region")
    for _ in range(4):
        clock.moment += SESSION_LASTS / 4.1
        assert visitor.get("/people/").status_code == 200
    clock.moment += SESSION_LASTS / 4
    assert visitor.get("/people/").status_code == 302


def test_a_planted_cookie_is_nobodys_session_after_signing_in(app: Flask) -> None:
    attacker = Visitor(app)
    attacker.get("/login")
    planted = cookie_of(attacker)
    victim = with_cookie(app, planted)
    victim.sign_in("region")
    assert cookie_of(victim) != planted
    assert with_cookie(app, planted).get("/people/").status_code == 302


# --- another process of the panel, on the same database and with the same key ---


@pytest.fixture
def other(app: Flask, database_url: str, clock: FrozenClock, tmp_path: Path) -> Iterator[Flask]:
    door = Database.connect(database_url)
    yield make_panel(door, clock, tmp_path)
    door.close()


def everywhere(app: Flask, other: Flask, cookie: str) -> list[int]:
    return [with_cookie(panel, cookie).get("/people/").status_code for panel in (app, other)]


def test_signing_out_at_one_process_holds_at_the_other(app: Flask, other: Flask) -> None:
    here = Visitor(app)
    here.sign_in("region")
    cookie = cookie_of(here)
    assert everywhere(app, other, cookie) == [200, 200]
    there = with_cookie(other, cookie)
    assert there.post("/logout").headers["Location"] == "/login"
    assert everywhere(app, other, cookie) == [302, 302]


@pytest.mark.parametrize("change", ["password", "switched off", "role"])
def test_what_is_done_to_an_account_at_one_process_holds_at_the_other(
    app: Flask, other: Flask, database: Database, change: str
) -> None:
    here = Visitor(app)
    here.sign_in("region")
    cookie = cookie_of(here)
    if change == "password":
        new = {"current": PASSWORD, "password": "a new long password", "again": "a new long password"}
        here.post("/password", new)
        assert everywhere(app, other, cookie) == [302, 302]
        assert everywhere(app, other, cookie_of(here)) == [200, 200]
        return
    values = {"active": False} if change == "switched off" else {"role": StaffRole.READER}
    database.write(lambda session: session.execute(update(Staff).values(**values)))
    if change == "switched off":
        assert everywhere(app, other, cookie) == [302, 302]
        return
    for panel in (app, other):
        assert with_cookie(panel, cookie).post("/people/invite", {"role": "mentor"}).status_code == 403


def test_guessing_at_several_processes_counts_together(app: Flask, other: Flask, clock: FrozenClock) -> None:
    for guess in range(10):
        visitor = Visitor((app, other)[guess % 2], f"10.0.0.{guess}")
        assert visitor.sign_in("region", "wrong").status_code == 401
    for panel in (app, other):
        answer = Visitor(panel, "10.0.1.1").sign_in(" REGION")
        assert answer.status_code == 429
        assert "Подождите 15 минут" in answer.get_data(as_text=True)
    clock.moment += timedelta(minutes=15)
    assert Visitor(other, "10.0.1.1").sign_in("region").status_code == 302


def test_guesses_at_once_are_no_way_around(database: Database, clock: FrozenClock) -> None:
    start = threading.Barrier(30)
    allowed: list[bool] = []

    def guess() -> None:
        start.wait()
        allowed.append(database.write(sessions.take_try, callers.clock(clock.now()), account="region"))

    threads = [threading.Thread(target=guess) for _ in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(allowed) == [False] * 20 + [True] * 10


def test_the_own_password_is_no_better_guessed_from_inside(app: Flask) -> None:
    visitor = Visitor(app)
    visitor.sign_in("region")
    wrong = {"current": "wrong", "password": "a new long password", "again": "a new long password"}
    for _ in range(10):
        assert visitor.post("/password", wrong).status_code == 302
    assert visitor.post("/password", wrong | {"current": PASSWORD}).status_code == 429
    assert visitor.get("/people/").status_code == 200, "whoever is in stays in"


def test_what_has_ended_by_itself_is_swept(app: Flask, database: Database, clock: FrozenClock) -> None:
    visitor = Visitor(app)
    visitor.sign_in("region", "wrong")
    visitor.sign_in("region")
    visitor.post("/logout")

    def count() -> list[int]:
        tables = (EndedSession, WrongPasswords)
        return [database.read(lambda session, t=t: session.scalar(select(func.count()).select_from(t))) for t in tables]

    database.write(sweeps.forget_old, callers.clock(clock.now() + SESSION_LASTS - timedelta(seconds=1)))
    assert count() == [1, 0]
    database.write(sweeps.forget_old, callers.clock(clock.now() + SESSION_LASTS))
    assert count() == [0, 0]


def blocked(database: Database, clock: FrozenClock, staff: int) -> None:
    """The account is switched off and on again: what was open before stays shut."""
    for active in (False, True):
        database.write(
            staff_services.update_staff,
            callers.administrator(clock.now()),
            staff_id=staff,
            name="Region",
            role=StaffRole.REGIONAL_METHODIST,
            active=active,
            municipality_ids=(),
        )


def new_password(database: Database, clock: FrozenClock, staff: int) -> None:
    """An administrator gives the very same password once more."""
    caller = callers.administrator(clock.now())
    database.write(staff_services.set_password, caller, staff_id=staff, password=PASSWORD)


def disconnected(database: Database, clock: FrozenClock, staff: int) -> None:
    database.write(staff_services.disconnect_person, callers.administrator(clock.now()), staff_id=staff)


def signed_out(database: Database, clock: FrozenClock, staff: int) -> None:
    database.write(staff_services.sign_out, callers.administrator(clock.now()), staff_id=staff)


def erased(database: Database, clock: FrozenClock, staff: int) -> None:
    person = database.read(lambda session: session.get_one(Staff, staff).person_id)
    assert person is not None
    database.write(erasure.erase, callers.clock(clock.now()), person_id=person, requested_by="person")


def restored(database: Database, clock: FrozenClock, staff: int) -> None:
    database.write(services.end_all_sessions)


@pytest.mark.parametrize("end", [blocked, new_password, disconnected, signed_out, erased, restored])
def test_what_ends_an_account_ends_every_session_and_link_of_it_at_once(
    app: Flask, other: Flask, database: Database, clock: FrozenClock, end: Callable[[Database, FrozenClock, int], None]
) -> None:
    """A blocked account that was let in again, or one taken from its person, went on wherever it was open."""
    staff = database.read(lambda session: session.scalars(select(Staff.id)).one())
    person = database.write(add_teacher, external_id=555, name="Орлова Елена Ивановна", now=clock.now())
    database.write(lambda session: session.execute(update(Staff).values(person_id=person)))
    here = Visitor(app)
    here.sign_in("region")
    cookie = cookie_of(here)
    links = {
        purpose: database.write(services.issue_link, callers.clock(clock.now()), staff_id=staff, purpose=purpose)
        for purpose in LinkPurpose
    }
    assert everywhere(app, other, cookie) == [200, 200]
    end(database, clock, staff)
    assert everywhere(app, other, cookie) == [302, 302]
    for purpose, token in links.items():
        with pytest.raises(DomainError, match=r"link_spent|connect_spent"):
            database.write(services.consume_link, callers.clock(clock.now()), token=token, purpose=purpose)


def test_signing_out_everywhere_ends_ones_other_devices_and_links(
    app: Flask, other: Flask, database: Database, clock: FrozenClock
) -> None:
    phone, desk = Visitor(app), Visitor(other)
    phone.sign_in("region")
    desk.sign_in("region")
    staff = database.read(lambda session: session.scalars(select(Staff.id)).one())
    token = database.write(services.issue_link, callers.clock(clock.now()), staff_id=staff, purpose=LinkPurpose.SIGN_IN)
    assert phone.post("/logout/everywhere").headers["Location"] == "/login"
    assert desk.get("/people/").status_code == 302
    with pytest.raises(DomainError, match="link_spent"):
        database.write(services.enter_by_link, callers.clock(clock.now()), token=token)
    assert desk.sign_in("region").status_code == 302
    assert desk.get("/people/").status_code == 200


def test_whoever_knew_the_password_a_moment_ago_does_not_come_in(database: Database, clock: FrozenClock) -> None:
    """Between the look at the password and the session stood nothing: an account that was blocked then came in."""
    staff = database.write(add_staff, login="region", role=StaffRole.REGIONAL_METHODIST, now=clock.now())
    known = database.read(services.authenticate, login="region", password=PASSWORD)
    assert known is not None
    new_password(database, clock, staff)
    assert not database.write(services.sign_in, callers.clock(clock.now()), account=known, way="password")


def test_an_administrator_who_signs_out_the_own_account_stays_at_the_page(
    app: Flask, database: Database, clock: FrozenClock
) -> None:
    number = database.write(add_staff, login="admin", role=StaffRole.ADMINISTRATOR, now=clock.now())
    here, elsewhere = Visitor(app), Visitor(app)
    for visitor in (here, elsewhere):
        visitor.sign_in("admin")
    here.post(f"/settings/staff/{number}/logout")
    assert "Все входы завершены" in here.text(f"/settings/staff/{number}")
    assert elsewhere.get("/people/").status_code == 302
