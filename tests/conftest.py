"""Fixtures of all tests. What a fixture gives and costs is in its docstring; helpers live in tests/support/.

- `database_url`: a fresh database with the pack loaded; the test runs twice, on SQLite and on PostgreSQL.
- `sqlite_url`, `postgres_url`: the same on one engine only.
- `empty_database_url`, `empty_sqlite_url`, `empty_postgres_url`: without a schema, for tests of migrations.
- `postgres_server`: the server itself; a test that kills one starts its own (`tests.support.postgres`).
- `database`: the sync door with the pack loaded, on both engines; `clock`: frozen time.
- `town`: sandbox, people and bot together, for conversations.
- `page`, `browser`: Chromium for async tests; `sync_page`, `sync_browser`: for plain ones.

Every test is kept from the network and from the settings in the environment of whoever runs it.
"""

import gc

# A run of all tests holds a million objects that live as long as the process does: looking through them again and again
# was a sixth of its processor time. So the collector rests until they are all there, and leaves them alone thereafter.
gc.disable()

import os
import re
import shutil
import ssl
import tempfile
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from argon2 import PasswordHasher
from flask import Flask
from hypothesis import settings

from tests.support import browser as chromium
from tests.support.compiled import Compiled, compile_addresses_once, compile_statements_once, read_files_once
from tests.support.databases import copy_sqlite, made_postgres, made_sqlite, once
from tests.support.figures import Figures
from tests.support.leaks import pytest_runtest_makereport, pytest_runtest_protocol
from tests.support.network import stay_local
from tests.support.postgres import PostgresServer

if TYPE_CHECKING:
    from playwright import async_api, sync_api

    from db.clock import FrozenClock
    from db.database import Database
    from tests.support.town import Town

__all__ = ["pytest_runtest_makereport", "pytest_runtest_protocol"]

ROOT = Path(__file__).resolve().parent.parent


MEMORY = Path("/dev/shm")
ROOM = 3 * 2**30

# A busy machine is no wrong answer, and what fails once must fail again.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """Keeps the tests' files in memory where there is room.

    Thousands of small databases are made and dropped, and a disk makes each ten times dearer. Not for what measures or
    soaks: there the disk is the point.
    """
    plain = "not bench" in config.option.markexpr and "not soak" in config.option.markexpr
    if plain and "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def pytest_collection_finish() -> None:
    """Lets the collector see to what the tests make, seldom enough."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)
    gc.enable()


# A tool of the tests brings `rich`, and structlog would then draw every traceback with all local variables: seconds of
# an event loop for one of aiogram's updates. The product's own processes say plainly what they want (db/logs.py).
structlog.configure(
    processors=[
        *structlog.get_config()["processors"][:-1],
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback),
    ]
)

FIGURES = Figures()


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Figures:
    """Where a benchmark or a soak notes what it measured; the table is printed at the end."""
    kind = next((name for name in ("bench", "soak") if request.node.get_closest_marker(name)), "test")
    FIGURES.command = f"make {kind} T={request.node.location[0]}"
    return FIGURES


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Prints the table of figures."""
    if FIGURES.rows:
        terminalreporter.section("figures")
        terminalreporter.write_line(FIGURES.table())


# --- every test -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def _alone() -> Iterator[None]:
    """No network, and no setting of the person who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        stay_local(patch)
        for name in re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def _patient() -> Iterator[None]:
    """Where the machine stalls, what the product would give up to serve others goes on.

    A short word over the screen stays one: past the bot's own time it is a message. A file is read however long its
    reader waits for a processor.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("db.inspection.LASTS", 90)
        patch.setattr("db.inspection.WAITS", 90)
        patch.setattr("bot.dispatch.visits.ANSWER_WITHIN", 60.0)
        yield


@pytest.fixture(scope="session", autouse=True)
def _authorities_read_once() -> Iterator[None]:
    """Each bot's HTTP session would read all the authorities of the world anew, for a stand-in without TLS."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ssl.create_default_context", cache(ssl.create_default_context))
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[PasswordHasher]:
    """A password's hash is slow on purpose, and thousands are made and checked here; gives the product's own way."""
    from db.accounts import rules

    real = rules._hasher
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rules, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield real


@pytest.fixture
def slow_passwords(_quick_passwords: PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The product's own hashing, for tests that are about it."""
    from db.accounts import rules

    monkeypatch.setattr(rules, "_hasher", _quick_passwords)
    rules._decoy.cache_clear()
    yield
    rules._decoy.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": Compiled()})
        compile_addresses_once(patch)
        compile_statements_once(patch)
        read_files_once(patch)
        yield


STORES = {
    "database_url",
    "empty_database_url",
    "tmp_path",
    "tmp_path_factory",
    "postgres_server",
    "browser",
    "sync_browser",
}
OF_THE_WHOLE = {"admin", "benchmarks", "demo", "e2e", "house", "operations", "receiving", "sandbox", "trust"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks what needs the browser or PostgreSQL, so that -m "not browser" leaves it out, and what needs nothing.

    A test of one noun without a database or a file is `pure`: `make mutants` runs those.
    """
    for item in items:
        needed = set(getattr(item, "fixturenames", ()))
        if not needed & STORES and item.path.parent.name not in OF_THE_WHOLE:
            item.add_marker(pytest.mark.pure)
        if needed & {"browser", "sync_browser"}:
            item.add_marker(pytest.mark.browser)
        variant = getattr(getattr(item, "callspec", None), "params", {})
        if "postgres" in variant.values() or ("postgres_server" in needed and "sqlite" not in variant.values()):
            item.add_marker(pytest.mark.postgres)


# --- databases ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL, started at first use in about a second, one per test process; don't stop or kill this one."""
    with PostgresServer() as server:
        yield server


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = once(tmp_path_factory.mktemp("sqlite"), "sqlite", lambda place: made_sqlite(place / "template.db"))
    return made / "template.db"


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with made_postgres(postgres_server, tmp_path_factory.mktemp("postgres")) as name:
        yield name


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """A fresh SQLite file with the pack loaded, as DATABASE_URL."""
    return copy_sqlite(_sqlite_template, tmp_path / "opora.db")


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, _postgres_template: str) -> Iterator[str]:
    """A fresh PostgreSQL database with the pack loaded, as DATABASE_URL; dropped afterwards, whoever is connected."""
    with postgres_server.database(_postgres_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database with the pack loaded, on each engine in turn. Dispose of engines on it before the test ends."""
    # Looked up by name, so that the SQLite half starts no server.
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def empty_sqlite_url(tmp_path: Path) -> str:
    """An SQLite file yet to be made."""
    return f"sqlite:///{tmp_path / 'empty.db'}"


@pytest.fixture
def empty_postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A PostgreSQL database without tables."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def empty_database_url(request: pytest.FixtureRequest) -> str:
    """A database without tables on each engine in turn."""
    url: str = request.getfixturevalue(f"empty_{request.param}_url")
    return url


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory, where there is room: of a simulated year the clock is the point, and not the disk."""
    if not os.access(MEMORY, os.W_OK) or shutil.disk_usage(MEMORY).free < ROOM:
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


# --- browser --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium_options() -> dict[str, Any]:
    """What `chromium.launch` gets. Finds or installs the browser; without one the test fails, it is never skipped."""
    try:
        return chromium.launch_options()
    except chromium.NoBrowser as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
async def browser(chromium_options: dict[str, Any]) -> "AsyncIterator[async_api.Browser]":
    """Chromium for an async test, in the test's own event loop beside bot and sandbox; starts in half a second.

    Use it for several people at once: `await browser.new_context(**tests.support.browser.CONTEXT)` each.
    """
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(**chromium_options)
        yield started
        await started.close()


@pytest.fixture
async def page(browser: "async_api.Browser") -> "AsyncIterator[async_api.Page]":
    """A page in Russian at 1280 x 900. The test fails if it asks another machine for anything or a script throws."""
    context = await browser.new_context(**chromium.CONTEXT)
    context.set_default_timeout(1000 * chromium.PATIENCE)
    problems: list[str] = []

    async def local_only(route: "async_api.Route") -> None:
        if chromium.is_local(route.request.url):
            await route.continue_()
        else:
            problems.append(f"the page asked for {route.request.url}")
            await route.abort()

    await context.route("**/*", local_only)
    context.on("weberror", lambda error: problems.append(f"a script failed: {error.error}"))
    yield await context.new_page()
    await context.unroute_all(behavior="ignoreErrors")
    await context.close()
    assert not problems, problems


@pytest.fixture
def sync_browser(chromium_options: dict[str, Any]) -> "Iterator[sync_api.Browser]":
    """Chromium for a plain test, for example of the panel run in a thread. Not together with async fixtures."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(**chromium_options)
        yield chromium.patient(started)
        started.close()


@pytest.fixture
def sync_page(sync_browser: "sync_api.Browser") -> "Iterator[sync_api.Page]":
    """As `page`, for a plain test."""
    context = sync_browser.new_context(**chromium.CONTEXT)
    problems: list[str] = []

    def local_only(route: "sync_api.Route") -> None:
        if chromium.is_local(route.request.url):
            route.continue_()
        else:
            problems.append(f"the page asked for {route.request.url}")
            route.abort()

    context.route("**/*", local_only)
    context.on("weberror", lambda error: problems.append(f"a script failed: {error.error}"))
    yield context.new_page()
    context.unroute_all(behavior="ignoreErrors")
    context.close()
    assert not problems, problems


# --- the product ----------------------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> "FrozenClock":
    """A clock that stands at a Monday morning in Chelyabinsk until a test moves it."""
    from db.clock import FrozenClock
    from tests.support.town import MONDAY

    return FrozenClock(MONDAY)


@pytest.fixture
def database(database_url: str) -> "Iterator[Database]":
    """The sync door to a database with the Chelyabinsk pack loaded; on each engine in turn."""
    from db.database import Database

    door = Database.connect(database_url)
    yield door
    door.close()


@pytest.fixture
async def town(sqlite_url: str, clock: "FrozenClock", tmp_path: Path) -> "AsyncIterator[Town]":
    """The sandbox, its people and the unchanged bot over HTTP, in this test's event loop (tests/support/town.py)."""
    from tests.support.town import Town

    place = await Town(sqlite_url, clock, data_dir=tmp_path / "data").open()
    yield place
    await place.close()
