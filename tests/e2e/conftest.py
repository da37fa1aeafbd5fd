"""The stage of the end-to-end tests: the real processes, once per test process, on a copy of the demo database."""

from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path

import pytest

from db.clock import FrozenClock
from tests.support import stage as stages
from tests.support.demo import demo_copy
from tests.support.stage import Stage
from tests.support.town import Town

STAGE = pytest.StashKey[Stage]()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """A checkout and a data folder with the demo, made once however many test processes there are."""
    return stages.prepared(tmp_path_factory.mktemp("prepared"))


@pytest.fixture(scope="session")
def _running(prepared: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(prepared.code, tmp_path_factory.mktemp("stage"))
    stage.copy_from(prepared)
    stage.wake_everybody()
    stage.start()
    yield stage
    stage.close()


@pytest.fixture
def stage(_running: Stage, request: pytest.FixtureRequest) -> Stage:
    """Sandbox, bot and panel, all running whatever an earlier test did to them; its logs are shown on a failure.

    One for all tests of a test process: each works with people of its own (the lists are in tests/e2e/__init__.py).
    """
    request.node.stash[STAGE] = _running
    _running.revive()
    return _running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Puts the processes' last words into the report of a failed test."""
    report = yield
    stage = item.stash.get(STAGE, None)
    if stage is not None and report.failed:
        report.sections.append(("processes", stage.logs()))
    return report


@pytest.fixture
async def place(region: str, clock: FrozenClock, tmp_path: Path) -> AsyncIterator[Town]:
    """The town of the test's region, with its demo."""
    town = await Town(demo_copy(tmp_path, region), clock, data_dir=tmp_path / "data", region_pack=region).open()
    yield town
    await town.close()
