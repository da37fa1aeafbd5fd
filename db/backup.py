"""Backup and restore in one file: the database and the documents, as a `.tar.gz`.

SQLite is copied by VACUUM INTO, the only way that gives a whole copy while others write; PostgreSQL by its own
pg_dump. A restore applies the erasures that happened after the backup once more: who they are is in a file, safe on the
disk, before anything is replaced, and whatever starts next goes on from it when the restore was killed.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import make_url, select
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from db import erasure, leftovers
from db.accounts import services as accounts
from db.broadcasts import staff_services as broadcasts
from db.caller import Caller
from db.clock import Clock
from db.database import Database
from db.engine import database_url, is_sqlite, sqlite_path
from db.errors import DomainError, SettingsError
from db.locks import make_sure_nobody_is_connected, make_sure_nobody_is_there
from db.migrate import upgrade
from db.overviews import files
from db.people.models import Erasure
from db.storage import Storage, sync_folder

DOCUMENTS = "documents"
INCOMING = "incoming"
SQLITE_NAME = "opora.db"
POSTGRES_NAME = "opora.dump"
LOCK_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Restored:
    """Tells whom a restore erased once more.

    `ledger_known` is false when the former database could not be asked. `stopped` are broadcasts that were on their
    way: since the backup they may have reached everybody.
    """

    erased_again: list[int]
    ledger_known: bool
    stopped: list[int]

    def told(self, done: str) -> list[str]:
        """Lines for the operator, the last of which begins with what was done."""
        lines = []
        if not self.ledger_known:
            lines += [
                "the former database could not be read: look whether anybody was erased after this backup was made"
            ]
        lines += [
            f"broadcast {number} was on its way at the time of the backup: stopped, for people may have it already"
            for number in self.stopped
        ]
        again = ", ".join(str(number) for number in self.erased_again)
        return [*lines, f"{done}; erased once more: {again}" if again else done]


@dataclass(frozen=True, slots=True)
class _Ledger:
    """Whose erasure is done and whose is asked for; `known` is false when a database could not be asked."""

    done: list[int]
    asked: list[int]
    known: bool = True

    def __or__(self, other: "_Ledger") -> "_Ledger":
        """Whatever either knows."""
        done, asked = {*self.done, *other.done}, {*self.asked, *other.asked}
        return _Ledger(sorted(done), sorted(asked - done), self.known or other.known)


def backup(url: str, data_dir: Path, target: Path) -> int:
    """Writes the backup and answers its size in bytes. The target appears only when it is complete.

    Bot and panel may go on. Raises SettingsError when there is no database or pg_dump is missing, OSError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        leftovers.held(data_dir, alone=False) as lock,
        tempfile.TemporaryDirectory(dir=data_dir, prefix=leftovers.BACKUP) as links,
        tempfile.TemporaryDirectory(dir=target.parent, prefix=leftovers.BACKUP) as folder,
    ):
        (Path(links) / leftovers.BESIDE).write_text(str(Path(folder).resolve()), encoding="utf-8")
        documents = Path(links) / DOCUMENTS
        documents.mkdir()
        # A row of the copy has its file either before or after the copying; a link holds it, whatever happens then.
        _link(data_dir / DOCUMENTS, documents)
        copy = _copy_database(url, Path(folder), lock)
        _link(data_dir / DOCUMENTS, documents)
        archive = Path(folder) / "backup.tar.gz"
        with archive.open("wb") as file:
            os.chmod(archive, 0o600)
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=6) as tar:
                tar.add(copy, copy.name)
                tar.add(documents, DOCUMENTS)
            file.flush()
            os.fsync(file.fileno())
        os.replace(archive, target)
    return target.stat().st_size


def restore(url: str, data_dir: Path, source: Path) -> Restored:
    """Puts a backup in the place of what is there. A wrong or damaged file changes nothing.

    Stop the bot and the panel first. Raises SettingsError when the file is not a backup of this kind of database, or
    when somebody still uses it.
    """
    with (
        leftovers.held(data_dir, alone=True) as lock,
        tempfile.TemporaryDirectory(dir=data_dir, prefix=leftovers.RESTORE) as folder,
    ):
        place = Path(folder)
        leftovers.remove(database_url(url), data_dir, but=place)
        try:
            with tarfile.open(source) as tar:
                tar.extractall(place, filter="data")
        except (tarfile.TarError, EOFError, OSError) as error:
            raise SettingsError(f"{source}: not a readable backup ({type(error).__name__})") from None
        copy = place / (SQLITE_NAME if is_sqlite(url) else POSTGRES_NAME)
        if not copy.exists():
            raise SettingsError(f"{source}: no backup of this kind of database inside; see DATABASE_URL")
        if is_sqlite(url):
            _look_into(copy, source)
        former = _remembered(data_dir)
        ledger = _known(url) | (former or _Ledger([], [], known=False))
        _remember(data_dir, ledger)
        try:
            # Files first: a row without its file is a loss, a file without its row is swept.
            _add_documents(place / DOCUMENTS, data_dir / DOCUMENTS)
            if is_sqlite(url):
                _put_sqlite(copy, sqlite_path(url))
            else:
                _make_sure_nobody_works(url)
                arguments = ("--clean", "--if-exists", "--no-owner", "--single-transaction")
                _run_postgres("pg_restore", url, place, lock, *arguments, str(copy))
        except SettingsError:
            if former is None:  # refused, and nothing was replaced
                _forget(data_dir)
            raise
        return _finish(url, data_dir, ledger)


def finish(url: str, data_dir: Path) -> Restored | None:
    """Goes on from where a killed restore was; waits for one that is under way. Returns nothing when it has ended."""
    with leftovers.held(data_dir, alone=True, wait=True):
        ledger = _remembered(data_dir)
        if ledger is None:
            return None
        restored = _finish(url, data_dir, ledger)
        leftovers.remove(database_url(url), data_dir)
        return restored


def _finish(url: str, data_dir: Path, ledger: _Ledger) -> Restored:
    upgrade(url)
    caller = Caller(Clock().now(), ZoneInfo("UTC"))
    with _opened(url) as database:
        stopped = database.write(broadcasts.stop_all, caller)
        database.write(accounts.end_all_sessions)
        again = _erase_again(database, Storage(data_dir), caller, ledger)
        erasure.scrub(database, caller)
    _forget(data_dir)
    return Restored(again, ledger.known, stopped)


def _copy_database(url: str, folder: Path, lock: int) -> Path:
    if not is_sqlite(url):
        copy = folder / POSTGRES_NAME
        _run_postgres("pg_dump", url, folder, lock, "--format=custom", f"--file={copy}")
        return copy
    copy, path = folder / SQLITE_NAME, sqlite_path(url)
    if not path.exists():
        raise SettingsError(f"DATABASE_URL: there is no database at {path}")
    with closing(sqlite3.connect(path, timeout=LOCK_SECONDS)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    return copy


def _link(documents: Path, links: Path) -> None:
    for path in documents.rglob("*"):
        name = path.relative_to(documents)
        target = links / name
        if name.parts[0] == INCOMING or target.exists() or not path.is_file():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        # Gone in between: its row is gone too.
        with suppress(FileNotFoundError):
            try:
                os.link(path, target)
            except FileNotFoundError:
                raise
            except OSError:  # a file system without links
                shutil.copyfile(path, target)


def _look_into(copy: Path, source: Path) -> None:
    try:
        with closing(sqlite3.connect(copy)) as connection:
            verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
            connection.execute("SELECT count(*) FROM alembic_version")
    except sqlite3.DatabaseError:
        verdict = "unreadable"
    if verdict != "ok":
        raise SettingsError(f"{source}: the database inside is damaged")


def _make_sure_nobody_works(url: str) -> None:
    with _opened(url) as database, suppress(OperationalError):  # a server that is away, pg_restore tells of
        make_sure_nobody_is_connected(database.engine)


def _put_sqlite(copy: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        make_sure_nobody_is_there(path)
    fresh = path.with_suffix(leftovers.RESTORING)
    shutil.copyfile(copy, fresh)
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    for leftover in (f"{path}-wal", f"{path}-shm"):
        Path(leftover).unlink(missing_ok=True)
    os.replace(fresh, path)
    sync_folder(path.parent)


def _add_documents(fresh: Path, place: Path) -> None:
    """Puts the backup's documents among those that are there; names are never given twice."""
    for path in fresh.rglob("*"):
        if path.is_file():
            target = place / path.relative_to(fresh)
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(path, target)
    os.sync()


def _known(url: str) -> _Ledger:
    """Whose erasure the present database knows."""
    if is_sqlite(url) and not sqlite_path(url).exists():
        return _Ledger([], [])
    try:
        upgrade(url)
        with _opened(url) as database:
            return database.read(_acts)
    except (DatabaseError, DomainError):
        if not is_sqlite(url):
            raise
        return _Ledger([], [], known=False)


def _acts(session: Session) -> _Ledger:
    rows = session.execute(select(Erasure.person_id, Erasure.done_at)).all()
    done = {person_id for person_id, done_at in rows if done_at is not None}
    return _Ledger(sorted(done), sorted({person_id for person_id, _ in rows} - done))


def _erase_again(database: Database, storage: Storage, caller: Caller, ledger: _Ledger) -> list[int]:
    there = database.read(_acts)
    again: list[int] = []
    for person_id in sorted({*ledger.done} - {*there.done} | {*ledger.asked} - {*there.done, *there.asked}):
        try:
            names = database.write(erasure.erase, caller, person_id=person_id, requested_by="restore")
        except DomainError:
            continue  # came after the backup: nothing of this person is in it
        again.append(person_id)
        for name in names:
            storage.remove(name)
        database.write(erasure.files_deleted, names=names)
    storage.sweep(database.read(files.stored_names), caller.now)
    return again


def _remembered(data_dir: Path) -> _Ledger | None:
    path = data_dir / leftovers.LEDGER
    return _Ledger(**json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def _remember(data_dir: Path, ledger: _Ledger) -> None:
    fresh = data_dir / f"{leftovers.LEDGER}.fresh"
    with open(fresh, "w", encoding="utf-8") as file:
        json.dump(asdict(ledger), file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, data_dir / leftovers.LEDGER)
    sync_folder(data_dir)


def _forget(data_dir: Path) -> None:
    (data_dir / leftovers.LEDGER).unlink(missing_ok=True)
    sync_folder(data_dir)


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database.connect(url)
    try:
        yield database
    finally:
        database.close()


def _run_postgres(program: str, url: str, folder: Path, lock: int, *arguments: str) -> None:
    """Runs one of PostgreSQL's programs; it holds the data folder itself, for it may outlive this process."""
    parsed = make_url(url).set(drivername="postgresql")
    found = shutil.which(program)
    if found is None:
        raise SettingsError(f"{program} was not found: install PostgreSQL's client programs")
    with tempfile.NamedTemporaryFile("w", dir=folder, prefix="pass-") as passfile:
        # Without the usual space: it would be written as a plus, which libpq takes for one.
        query = {"options": f"-clock_timeout={LOCK_SECONDS}s"}
        if parsed.password is not None:
            # Everybody on the machine sees a process's arguments, and nobody else this file.
            password = str(parsed.password).replace("\\", "\\\\").replace(":", "\\:")
            passfile.write(f"*:*:*:*:{password}\n")
            passfile.flush()
            query["passfile"] = passfile.name
        plain = parsed.set(password=None).update_query_dict(query).render_as_string()
        try:
            subprocess.run(  # noqa: S603  the program is PostgreSQL's, the arguments are ours
                [found, f"--dbname={plain}", *arguments],
                check=True,
                capture_output=True,
                text=True,
                pass_fds=(lock,),
            )
        except subprocess.CalledProcessError as error:
            last = (error.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise SettingsError(f"{program}: {last}") from None
