"""Several panels on one Redis: limits by address are common, and its loss costs nobody a page."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.clock import FrozenClock
from db.database import Database
from tests.admin.conftest import STAFF
from tests.support.panel import Visitor, add_staff, make_panel
from tests.support.redis import RedisServer


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture
def panels(sqlite_url: str, clock: FrozenClock, tmp_path: Path, redis: RedisServer) -> Iterator[list[Visitor]]:
    """Somebody who meets a different panel process each time, and two who are elsewhere."""
    database = Database.connect(sqlite_url)
    database.write(add_staff, login="region", role=STAFF["region"][0], now=clock.now())
    apps = [make_panel(database, clock, tmp_path, redis_url=redis.url) for _ in range(2)]
    yield [Visitor(app, "10.0.0.7") for app in apps] + [Visitor(apps[1], "10.0.0.8")]
    database.close()


def test_guessing_at_one_panel_counts_at_the_other(panels: list[Visitor]) -> None:
    here, there, elsewhere = panels
    for guess in range(30):
        visitor = (here, there)[guess % 2]
        assert visitor.sign_in(f"login{guess}", "wrong").status_code == 401
    assert here.sign_in("region").status_code == 429
    assert there.sign_in("region").status_code == 429
    assert elsewhere.sign_in("region").status_code == 302


def test_without_redis_each_panel_counts_alone_and_nobody_sees_a_failure(
    panels: list[Visitor], redis: RedisServer
) -> None:
    here, there, elsewhere = panels
    redis.stop()
    assert elsewhere.sign_in("region").status_code == 302
    assert elsewhere.get("/verify/?number=OP-1").status_code == 404
    for guess in range(30):
        assert here.sign_in(f"login{guess}", "wrong").status_code == 401
    assert here.sign_in("region").status_code == 429, "it counts by itself"
    assert there.sign_in("region", "wrong").status_code == 401
    redis.start()
    assert elsewhere.sign_in("region").status_code == 302


def test_redis_that_goes_in_the_middle_of_a_request_harms_nobody(panels: list[Visitor], redis: RedisServer) -> None:
    _, there, _ = panels
    assert there.sign_in("region", "wrong").status_code == 401
    redis.stop()
    assert there.sign_in("region", "wrong").status_code == 401
