"""The panel over each database in turn, with an account of every role."""

from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import Popen

import pytest
from flask import Flask

from db.clock import FrozenClock
from db.database import Database
from db.scope import StaffRole
from tests.support.panel import Visitor, add_staff, make_panel, start_panel, wait_for
from tests.support.stage import free_port

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


@pytest.fixture
def port() -> int:
    """A port that nobody listens on."""
    return free_port()


@pytest.fixture
def running(sqlite_url: str, tmp_path: Path, port: int) -> Iterator[Popen[str]]:
    """The panel as a process at `port`."""
    process = start_panel(sqlite_url, tmp_path, ADMIN_LISTEN=f"127.0.0.1:{port}")
    try:
        wait_for(f"http://127.0.0.1:{port}/health", process)
        yield process
    finally:
        process.kill()
        process.communicate()
