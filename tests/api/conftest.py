"""The panel over a database of the test's own."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from db.clock import FrozenClock
from db.database import Database
from tests.support.panel import make_panel


@pytest.fixture
def make_app(database: Database, clock: FrozenClock, tmp_path: Path) -> Callable[[], Flask]:
    return lambda: make_panel(database, clock, tmp_path)
