"""Whoever is erased is nowhere, whatever was killed before, meanwhile or after: no row, no file, no half-made copy."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select, text

from bot.context import Context
from bot.scheduler import run_chores
from bot.settings import BotSettings
from db import backup, check, erasure, leftovers
from db.broadcasts import sweeps
from db.clock import FrozenClock
from db.database import Database
from db.dictionaries.rules import Rules
from db.engine import is_sqlite, sqlite_path
from db.errors import SettingsError
from db.people.models import Person
from tests.broadcasts.conftest import Service
from tests.operations.conftest import Run, said
from tests.operations.conftest import call as call
from tests.people.test_erasure import CANARY, plant, words
from tests.support import callers
from tests.support.kills import killed, verb
from tests.support.postgres import PostgresServer
from tests.support.programs import ended

RESTORE = {
    "before": ("db.backup:_put_sqlite", "db.backup:_run_postgres"),
    "behind": ("db.erasure:erase",) * 2,
    "at the end": ("db.backup:_forget",) * 2,
}
"""Where a restore is killed, by whether the backup is in place then: on SQLite and on PostgreSQL."""


@dataclass
class Place:
    """A database with somebody planted and a folder for the documents, copies beside them."""

    url: str
    data: Path
    copies: Path
    programs: str
    call: Run
    base: Path
    person: int = 0

    @property
    def archive(self) -> str:
        return str(self.copies / "opora.tar.gz")

    def verb(self, *arguments: str) -> list[str]:
        """What the verb said, when it did what it should."""
        done = self.call(*arguments, url=self.url, programs=self.programs, DATA_DIR=str(self.data))
        assert done.returncode == 0, done.stderr
        return said(done)

    def killed(self, *arguments: str, at: str) -> None:
        """Runs the verb until that call."""
        path = f"{self.programs}:/usr/bin:/bin"
        killed(verb, *arguments, at=at, DATABASE_URL=self.url, DATA_DIR=str(self.data), PATH=path)

    def name(self) -> str | None:
        """The person's name as the database has it."""
        with opened(self.url) as database:
            return database.read(lambda session: session.get_one(Person, self.person).full_name)

    def found(self) -> list[str]:
        """Where the planted word still is: in a row, or in a file but the finished backup."""
        with opened(self.url) as database:
            rows = ["a row"] if CANARY in database.read(words) else []
        files = [*self.data.rglob("*"), *self.copies.rglob("*")]
        if is_sqlite(self.url):
            path = sqlite_path(self.url)
            files += path.parent.glob(f"{path.stem}.*")
        else:  # tables and indexes as they are on the disk; what is left in pg_wal, docs/personal-data.ru.md says
            with opened(self.url) as database, database.engine.connect() as connection:
                connection.execute(text("CHECKPOINT"))
                base = connection.scalars(text("SELECT oid FROM pg_database WHERE datname = current_database()")).one()
            files += (self.base / str(base)).rglob("*")
        word = CANARY.encode()
        return rows + [str(file) for file in files if file.is_file() and word in file.read_bytes()]


@contextmanager
def opened(url: str) -> Iterator[Database]:
    """The door, closed at the end."""
    database = Database.connect(url)
    try:
        yield database
    finally:
        database.close()


@pytest.fixture
def place(
    database_url: str, tmp_path: Path, call: Run, clock: FrozenClock, request: pytest.FixtureRequest
) -> Iterator[Place]:
    programs, base = "", tmp_path
    if not is_sqlite(database_url):
        server: PostgresServer = request.getfixturevalue("postgres_server")
        programs, base = str(server.programs / "bin"), server.data / "base"
    made = Place(database_url, tmp_path / "data", tmp_path / "copies", programs, call, base)
    made.data.mkdir()
    made.copies.mkdir()
    with opened(database_url) as database:
        made.person = database.write(plant, now=clock.now())
    for stored in ("0" * 32, "1" * 32, "c" * 32, "d" * 32):
        file = made.data / "documents" / stored[:2] / f"{stored}.pdf"
        file.parent.mkdir(parents=True)
        file.write_text(f"%PDF-1.7 {CANARY}", encoding="utf-8")
        os.utime(file, (0, 0))
    yield made


def at(place: Place, point: str) -> str:
    sqlite, postgres = RESTORE[point]
    return sqlite if is_sqlite(place.url) else postgres


@pytest.mark.parametrize("point", RESTORE)
def test_a_restore_killed_anywhere_brings_nobody_back(place: Place, point: str) -> None:
    """The list of whom to erase again lived in the killed process: they were back, for good."""
    place.verb("backup", place.archive)
    place.verb("forget-person", str(place.person))
    place.killed("restore", place.archive, at=at(place, point))
    if point == "behind":
        assert place.name() is not None, "the control: the backup is in place, and nobody is erased again yet"
    told = said(place.call("check", url=place.url, DATA_DIR=str(place.data)))
    assert not [line for line in told if ".restore-" in line or "files" in line]
    assert told[0].startswith("a restore was broken off and is finished now")
    assert (f"erased once more: {place.person}" in told[0]) == (point == "behind")
    assert place.found() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("goes_on", ["bot", "admin", "restore"])
def test_whatever_starts_next_goes_on_with_the_restore(place: Place, goes_on: str) -> None:
    place.verb("backup", place.archive)
    place.verb("forget-person", str(place.person))
    place.killed("restore", place.archive, at="db.erasure:erase")
    if goes_on == "restore":
        assert place.verb("restore", place.archive) == [
            f"restored from {place.archive}; erased once more: {place.person}"
        ]
    else:
        code, told = ended(goes_on, DATABASE_URL=place.url, DATA_DIR=str(place.data))
        assert code == 1, "it ends at once: there is no token"
        assert f"erased once more: {place.person}" in told
    assert place.found() == []


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_restore_that_outlives_its_command_is_waited_for(place: Place, tmp_path: Path) -> None:
    """pg_restore goes on when the command that called it is killed, and commits after somebody finished the rest."""
    real, gate = Path(place.programs), tmp_path / "gate"
    place.verb("backup", place.archive)
    place.verb("forget-person", str(place.person))
    slow = tmp_path / "slow"
    slow.mkdir()
    wait = f"touch {gate}.here\nwhile [ ! -e {gate} ]; do sleep 0.05; done"
    (slow / "pg_restore").write_text(f'#!/bin/sh\n{wait}\nexec {real}/pg_restore "$@"\n')
    (slow / "pg_restore").chmod(0o755)
    command = subprocess.Popen(
        [sys.executable, "-m", "db", "restore", place.archive],
        cwd=Path(__file__).parents[2],
        env={"DATABASE_URL": place.url, "DATA_DIR": str(place.data), "PATH": f"{slow}:{real}:/usr/bin:/bin"},
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 180
    while not Path(f"{gate}.here").exists():
        assert command.poll() is None and time.monotonic() < deadline
        time.sleep(0.05)
    command.kill()
    command.wait()
    told: list[str] = []
    starting = threading.Thread(target=lambda: told.extend(leftovers.go_on(place.url, place.data)))
    starting.start()
    starting.join(0.5)
    assert starting.is_alive() and told == [], "it waits: the backup is not in place yet"
    gate.touch()
    starting.join(60)
    assert f"erased once more: {place.person}" in told[0]
    assert place.found() == []


async def test_what_a_killed_backup_left_is_named_and_swept(place: Place, clock: FrozenClock) -> None:
    """`.backup-…` with a whole database and all documents stayed beside the backups for ever."""
    place.verb("backup", str(place.copies / "good.tar.gz"))
    place.killed("restore", str(place.copies / "good.tar.gz"), at=at(place, "before"))
    (place.data / leftovers.LEDGER).unlink()
    place.killed("backup", place.archive, at="os:fsync")
    copies = [*place.copies.glob(".backup-*"), *place.data.glob(".backup-*"), *place.data.glob(".restore-*")]
    assert len(copies) == 3
    with opened(place.url) as database:
        with leftovers.held(place.data, alone=False):
            assert leftovers.left(database.engine.url, place.data) == [], "somebody may be at work there"
            assert leftovers.sweep(database.engine.url, place.data) == 0
        named = check.problems(database.engine, place.data)
        assert all(any(str(copy) in line for line in named) for copy in copies)
        database.write(erasure.erase, callers.clock(clock.now()), person_id=place.person, requested_by="operator")
    await housekeeping(place, clock)
    assert [copy for copy in copies if copy.exists()] == []
    assert place.found() == []


async def housekeeping(place: Place, clock: FrozenClock) -> None:
    """An hour of the bot."""
    settings = BotSettings(_env_file=None, bot_token="42:TEST", database_url=place.url, data_dir=place.data)
    context = Context.open(settings, clock)
    await run_chores(context)
    await context.close()


def test_an_erasure_beside_a_reader_is_not_called_done(place: Place, clock: FrozenClock) -> None:
    """Beside somebody who read for longer than a quarter of a minute the name stayed in the log, and nobody knew."""
    with opened(place.url) as database, opened(place.url) as other:
        caller = callers.clock(clock.now())
        with other.engine.connect().execution_options(isolation_level=level(place)) as reader:
            reader.execute(select(Person.full_name)).all()
            names = database.write(erasure.erase, caller, person_id=place.person, requested_by="operator")
            assert not erasure.scrub(database, caller)
            assert database.read(erasure.unscrubbed)
            if is_sqlite(place.url):
                assert CANARY.encode() in sqlite_path(place.url).read_bytes(), "the control"
            (fault,) = [line for line in check.problems(database.engine, place.data) if "files" in line]
            assert f"person {place.person}: is erased, but may still stand" in fault
        assert erasure.scrub(database, caller), "the reader has ended"
        assert database.read(erasure.unscrubbed) == []
        assert len(names) == 4
        database.write(erasure.files_deleted, names=names)
        for name in names:
            (place.data / "documents" / name[:2] / name).unlink()
    assert place.found() == []


def level(place: Place) -> str:
    """A transaction that goes on seeing what it saw."""
    return "SERIALIZABLE" if is_sqlite(place.url) else "REPEATABLE READ"


@pytest.mark.parametrize("point", ["db.storage:Storage", "db.erasure:files_deleted", "db.erasure:scrub"])
async def test_an_erasure_that_was_killed_is_finished_by_the_bot(place: Place, clock: FrozenClock, point: str) -> None:
    if point.endswith("Storage"):  # killed before anything was done: the operator sees no word and calls again
        place.killed("forget-person", str(place.person), at=point)
        place.verb("forget-person", str(place.person))
    else:
        place.killed("forget-person", str(place.person), at=point)
        assert place.name() is None, "it was erased for everybody who asks"
    await housekeeping(place, clock)
    with opened(place.url) as database:
        assert database.read(erasure.unscrubbed) == []
    assert place.found() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_move_that_was_killed_leaves_nobody_behind(place: Place, tmp_path: Path) -> None:
    target = f"sqlite:///{tmp_path / 'target' / 'opora.db'}"
    place.killed("move", target, at="db.move:_compare")
    place.verb("move", target)
    place.url = target
    place.verb("forget-person", str(place.person))
    assert place.found() == []


def one_round(url: str, clock: FrozenClock) -> None:
    """The next round of whatever broadcast is going."""
    with opened(url) as database:
        database.write(sweeps.sweep, callers.clock(clock.now()), rules=Rules())


def test_a_broadcast_that_was_killed_tells_nobody_who_was_erased(place: Place, clock: FrozenClock) -> None:
    """Its round is one transaction: killed halfway it is as if it had not begun, and goes on without the erased."""
    with opened(place.url) as database:
        service = Service(database, clock)
        broadcast = service.create()
        reach = service.card(broadcast).reach
        assert reach is not None and reach.count == 2
        service.start(broadcast, reach.count)
        killed(one_round, place.url, clock, at="db.broadcasts.sweeps:put_in")
    place.verb("forget-person", str(place.person))
    with opened(place.url) as database:
        service.database = database
        service.sweep()
        told = service.told()
        assert len(told) == 1 and place.person not in told
    assert place.found() == []


def test_a_restore_and_a_backup_are_never_at_work_together(place: Place) -> None:
    place.verb("backup", place.archive)
    with leftovers.held(place.data, alone=False), pytest.raises(SettingsError, match="under way"):
        backup.restore(place.url, place.data, Path(place.archive))
