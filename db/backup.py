"""Backup and restore in one file: the database and the documents, as a `.tar.gz`.

SQLite is copied by VACUUM INTO, the only way that gives a whole copy while others write; PostgreSQL by its own
pg_dump. A restore applies the erasures that happened after the backup once more.
"""

import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import make_url, select
from sqlalchemy.exc import DatabaseError, OperationalError

from db import erasure
from db.broadcasts import staff_services as broadcasts
from db.caller import Caller
from db.clock import Clock
from db.database import Database
from db.engine import is_sqlite, sqlite_path
from db.errors import DomainError, SettingsError
from db.locks import make_sure_nobody_is_connected, make_sure_nobody_is_there
from db.migrate import upgrade
from db.people.models import Erasure
from db.storage import Storage

DOCUMENTS = "documents"
INCOMING = "incoming"
SQLITE_NAME = "opora.db"
POSTGRES_NAME = "opora.dump"
LOCK_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Restored:
    """Whom a restore erased once more; `ledger_known` is false when the former database could not be asked. `stopped`
    are broadcasts that were on their way: since the backup they may have reached everybody.
    """

    erased_again: list[int]
    ledger_known: bool
    stopped: list[int]


def backup(url: str, data_dir: Path, target: Path) -> int:
    """Writes the backup and answers its size in bytes. The target appears only when it is complete.

    Bot and panel may go on. Raises SettingsError when there is no database or pg_dump is missing, OSError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    data_dir.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder,
        tempfile.TemporaryDirectory(dir=data_dir, prefix=".backup-") as links,
    ):
        documents = Path(links)
        # A row of the copy has its file either before or after the copying; a link holds it, whatever happens then.
        _link(data_dir / DOCUMENTS, documents)
        copy = _copy_database(url, Path(folder))
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
    data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=data_dir, prefix=".restore-") as folder:
        place = Path(folder)
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
        known = _ledger(url)
        if is_sqlite(url):
            _put_sqlite(copy, sqlite_path(url))
        else:
            _make_sure_nobody_works(url)
            arguments = ("--clean", "--if-exists", "--no-owner", "--single-transaction")
            _run_postgres("pg_restore", url, *arguments, str(copy))
        _put_documents(place / DOCUMENTS, data_dir / DOCUMENTS, place / "former")
    upgrade(url)
    with _opened(url) as database:
        stopped = database.write(broadcasts.stop_all, Caller(Clock().now(), ZoneInfo("UTC")))
    return Restored(_erase_again(url, data_dir, known or set()), known is not None, stopped)


def _copy_database(url: str, folder: Path) -> Path:
    if not is_sqlite(url):
        copy = folder / POSTGRES_NAME
        _run_postgres("pg_dump", url, "--format=custom", f"--file={copy}")
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
    fresh = path.with_suffix(".restoring")
    shutil.copyfile(copy, fresh)
    with fresh.open("rb") as file:
        os.fsync(file.fileno())
    for leftover in (f"{path}-wal", f"{path}-shm"):
        Path(leftover).unlink(missing_ok=True)
    os.replace(fresh, path)


def _put_documents(fresh: Path, place: Path, former: Path) -> None:
    fresh.mkdir(exist_ok=True)
    if place.exists():
        os.replace(place, former)
    os.replace(fresh, place)


def _ledger(url: str) -> set[int] | None:
    """Whose erasure the present database knows, done or asked for; nothing when it cannot be read."""
    if is_sqlite(url) and not sqlite_path(url).exists():
        return set()
    try:
        upgrade(url)
        return _erased(url)
    except (DatabaseError, DomainError):
        if not is_sqlite(url):
            raise
        return None


def _erased(url: str) -> set[int]:
    with _opened(url) as database:
        return set(database.read(lambda session: session.scalars(select(Erasure.person_id)).all()))


def _erase_again(url: str, data_dir: Path, known: set[int]) -> list[int]:
    storage = Storage(data_dir)
    again: list[int] = []
    caller = Caller(Clock().now(), ZoneInfo("UTC"))
    for person_id in sorted(known - _erased(url)):
        with _opened(url) as database:
            try:
                names = database.write(erasure.erase, caller, person_id=person_id, requested_by="restore")
            except DomainError:
                continue  # came after the backup: nothing of this person is in it
            for name in names:
                storage.remove(name)
            database.write(erasure.files_deleted, names=names)
            again.append(person_id)
    return again


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database.connect(url)
    try:
        yield database
    finally:
        database.close()


def _run_postgres(program: str, url: str, *arguments: str) -> None:
    parsed = make_url(url).set(drivername="postgresql")
    found = shutil.which(program)
    if found is None:
        raise SettingsError(f"{program} was not found: install PostgreSQL's client programs")
    with tempfile.NamedTemporaryFile("w", prefix="opora-pass-") as passfile:
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
                [found, f"--dbname={plain}", *arguments], check=True, capture_output=True, text=True
            )
        except subprocess.CalledProcessError as error:
            last = (error.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise SettingsError(f"{program}: {last}") from None
