"""Backups made under load have all that was committed before them, and who was erased since stays erased."""

import asyncio
import itertools
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from db import backup, check, erasure
from db.clock import FrozenClock
from db.database import AsyncDatabase, Database
from db.engine import is_sqlite, sqlite_path
from db.errors import SettingsError
from db.inbox import services as inbox
from db.inbox.models import IncomingUpdate
from db.inbox.queries import Received
from tests.support import callers
from tests.support.figures import Figures
from tests.support.postgres import PostgresServer
from tests.support.processes import Say, crew, engine_of, volumes
from tests.support.town import add_teacher

Copy = Callable[[str, Path, Path], Any]


async def write_on(door: AsyncDatabase, say: Say, clock: FrozenClock) -> None:
    """Commits one row after another without end."""
    say("here")
    for number in itertools.count(1):
        await door.write(inbox.receive, platform="telegram", updates=[Received(number, number, "{}")], now=clock.now())
        await asyncio.sleep(0.001)


def copied_file(url: str, data_dir: Path, target: Path) -> None:
    """What one does without thinking: the database's file into an archive."""
    with tarfile.open(target, "w:gz") as tar:
        tar.add(sqlite_path(url), backup.SQLITE_NAME)


@pytest.fixture
def elsewhere(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Another place on the same engine, where nothing is yet."""
    if is_sqlite(database_url):
        return f"sqlite:///{tmp_path / 'elsewhere' / 'opora.db'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


@pytest.fixture(autouse=True)
def _programs(database_url: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and pg_restore on the path."""
    if not is_sqlite(database_url):
        server: PostgresServer = request.getfixturevalue("postgres_server")
        monkeypatch.setenv("PATH", f"{server.programs / 'bin'}:/usr/bin:/bin")


def rows(url: str) -> int:
    database = Database.connect(url)
    try:
        return database.read(lambda session: session.scalar(select(func.count()).select_from(IncomingUpdate)) or 0)
    finally:
        database.close()


def drill(url: str, elsewhere: str, folder: Path, times: int, copy: Copy, clock: FrozenClock) -> tuple[int, int]:
    """Backs up while a process writes, restores elsewhere, looks at it, and erases somebody there, again and again.

    Answers how many restored places were sound with all that was committed before the backup, and how many of those
    who had been erased came back to life.
    """
    database, there, target = Database.connect(url), folder / "there", folder / "opora.tar.gz"
    people = [
        database.write(add_teacher, external_id=number, name="Кварцитова", now=clock.now())
        for number in range(1, times + 1)
    ]
    database.close()
    good = back = 0
    with crew(url, "bot") as (writer,):
        writer.ask(write_on, clock).hear()
        for turn, person in enumerate(people):
            before = rows(url)
            copy(url, folder / "here", target)
            try:
                restored = backup.restore(elsewhere, there, target)
            except SettingsError:
                continue
            back += len({*people[:turn]} - {*restored.erased_again})
            place = Database.connect(elsewhere)
            good += not check.problems(place.engine, there) and rows(elsewhere) >= before
            place.write(erasure.erase, callers.clock(clock.now()), person_id=person, requested_by="operator")
            place.close()
        writer.kill()
    shutil.rmtree(there)
    return good, back


@volumes(backups=(2, 100))
def test_backups_under_load_are_whole_and_forget_whom_they_must(
    database_url: str, elsewhere: str, tmp_path: Path, clock: FrozenClock, backups: int, figures: Figures
) -> None:
    good, back = drill(database_url, elsewhere, tmp_path, backups, backup.backup, clock)
    measured = (
        f"{engine_of(database_url)}: {backups} backups under load restored elsewhere: {good} sound with every prior "
        f"commit, {rows(elsewhere)} rows in the last, {back} of {backups - 1} erased people back"
    )
    held = good == backups and not back
    figures.note("Backup", measured, goal="100 of 100 sound, every prior commit, nobody erased comes back", held=held)
    assert held


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_control_a_copied_file_is_no_backup(
    database_url: str, elsewhere: str, tmp_path: Path, clock: FrozenClock
) -> None:
    good, _ = drill(database_url, elsewhere, tmp_path, 2, copied_file, clock)
    assert good < 2
