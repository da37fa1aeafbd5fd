"""The panel over the packs that have plans."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from db.clock import FrozenClock
from db.database import Database
from db.packs import load_pack
from db.packs.loading import load
from db.scope import StaffRole
from tests.support.databases import copy_sqlite, migrated_sqlite
from tests.support.panel import Visitor, add_staff, make_panel

Enter = Callable[..., tuple[Visitor, Database]]
YEAR_2020 = datetime(2020, 8, 10, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with tables and nothing in them."""
    return migrated_sqlite(tmp_path_factory.getbasetemp())


@pytest.fixture
def enter(empty: Path, tmp_path: Path) -> Iterator[Enter]:
    """Signs a regional methodist, or another, in at a panel over a pack of one's choice."""
    with ExitStack() as opened:

        def make(pack: str, role: StaffRole = StaffRole.REGIONAL_METHODIST, now: datetime = YEAR_2020) -> Any:
            return opened.enter_context(region(empty, tmp_path, pack, role, now))

        yield make


@contextmanager
def region(empty: Path, folder: Path, pack: str, role: StaffRole, now: datetime) -> Iterator[tuple[Visitor, Database]]:
    database, clock = Database.connect(copy_sqlite(empty, folder / f"{pack}.db")), FrozenClock(now)
    database.write(load, pack=load_pack(pack).real, now=now)
    database.write(add_staff, login="one", role=role, now=now)
    visitor = Visitor(make_panel(database, clock, folder, region_pack=pack))
    assert visitor.sign_in("one").status_code == 302
    yield visitor, database
    database.close()
