"""Fixtures of applications."""

import pytest

from db.clock import FrozenClock
from db.database import Database
from tests.applications.support import World


@pytest.fixture
def world(database: Database, clock: FrozenClock) -> World:
    """The pack's open campaign on each database."""
    return World(database, clock.now())
