"""The panel over each database in turn, with an account of every role."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from db.clock import FrozenClock
from db.database import Database
from db.scope import StaffRole
from tests.support.panel import Visitor, add_staff, make_panel

HOME, FOREIGN = "chelyabinsky-go", "varnensky-mr"
STAFF = {
    "admin": (StaffRole.ADMINISTRATOR, ()),
    "region": (StaffRole.REGIONAL_METHODIST, ()),
    "town": (StaffRole.MUNICIPAL_METHODIST, (HOME,)),
    "reader": (StaffRole.READER, ()),
}


@pytest.fixture
def staff_ids(database: Database, clock: FrozenClock) -> dict[str, int]:
    """Ids of the four accounts by login."""
    return {
        login: database.write(add_staff, login=login, role=role, municipalities=places, now=clock.now())
        for login, (role, places) in STAFF.items()
    }


@pytest.fixture
def app(database: Database, clock: FrozenClock, staff_ids: dict[str, int], tmp_path: Path) -> Flask:
    """The panel."""
    return make_panel(database, clock, tmp_path)


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """Somebody who has not signed in."""
    return Visitor(app)


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], Visitor]:
    """Signs one of the accounts in."""

    def enter(login: str) -> Visitor:
        visitor = Visitor(app)
        assert visitor.sign_in(login).status_code == 302
        return visitor

    return enter
