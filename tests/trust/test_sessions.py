"""A session ends when its owner says so, and at the latest when its hours are over; nobody puts one on another."""

from pathlib import Path

import pytest
from flask import Flask

from admin.auth import SESSION_LASTS
from db.clock import FrozenClock
from db.database import Database
from db.people.models import StaffRole
from tests.support.panel import Visitor, add_staff, make_panel


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
