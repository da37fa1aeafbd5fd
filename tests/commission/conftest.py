"""Fixtures of commissions."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.clock import FrozenClock
from db.database import Database
from tests.commission.support import Chamber
from tests.support.demo import demo_copy


@pytest.fixture
def chamber(database: Database, clock: FrozenClock) -> Chamber:
    """A commission of the pack's open campaign on each database."""
    return Chamber(database, clock.now())


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Database]:
    """The demo's data."""
    database = Database.connect(demo_copy(tmp_path))
    yield database
    database.close()
