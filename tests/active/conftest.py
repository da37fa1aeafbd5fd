"""What tests of the active begin with: the pack's open selection on each database."""

import pytest

from db.clock import FrozenClock
from db.database import Database
from tests.applications.support import World


@pytest.fixture
def world(database: Database, clock: FrozenClock) -> World:
    return World(database, clock.now())
