"""A panel over any region's pack: an empty database with the pack's sources in it, and an account signed in."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from db.clock import FrozenClock
from db.database import Database
from db.packs import load_pack
from db.packs.loading import load
from db.scope import StaffRole
from tests.support.databases import copy_sqlite, migrated_sqlite
from tests.support.panel import Visitor, add_staff, make_panel

Enter = Callable[..., tuple[Visitor, Database]]
NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with tables and nothing in them."""
    return migrated_sqlite(tmp_path_factory.getbasetemp())


@pytest.fixture
def enter(empty: Path, tmp_path: Path) -> Iterator[Enter]:
    """Signs a regional methodist, or another, in at a panel over a pack of one's choice."""
    with ExitStack() as opened:

        def make(pack: str, role: StaffRole = StaffRole.REGIONAL_METHODIST, now: datetime = NOW) -> Any:
            database = Database.connect(copy_sqlite(empty, tmp_path / f"{pack}.db"))
            opened.callback(database.close)
            database.write(load, pack=load_pack(pack).real, now=now)
            database.write(lambda session: add_staff(session, login="one", role=role, now=now))
            visitor = Visitor(make_panel(database, FrozenClock(now), tmp_path, region_pack=pack))
            assert visitor.sign_in("one").status_code == 302
            return visitor, database

        yield make


def another(visitor: Visitor, database: Database, login: str, role: StaffRole, **more: Any) -> Visitor:
    """A second account over the same panel, signed in."""
    database.write(lambda session: add_staff(session, login=login, role=role, now=NOW, **more))
    found = Visitor(visitor.app)
    assert found.sign_in(login).status_code == 302
    return found


def sheet(visitor: Visitor, address: str, number: int = 0) -> list[list[Any]]:
    """The cells of a sheet of a file that must open."""
    answer = visitor.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    page = load_workbook(BytesIO(answer.data)).worksheets[number]
    return [[cell.value for cell in row] for row in page.iter_rows()]


def put(visitor: Visitor, address: str, content: bytes, name: str = "скан.png") -> TestResponse:
    """Sends a file as the form of a scan does."""
    file = FileStorage(BytesIO(content), filename=name)
    boundary, body = encode_multipart({"csrf_token": visitor.token(), "scan": file})
    return visitor.client.post(address, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')
