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
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import make_url, select

from db import erasure
from db.clock import Clock
from db.database import Database
from db.engine import database_url, is_sqlite
from db.errors import NotFoundError, SettingsError
from db.migrate import upgrade
from db.people.models import Erasure

DOCUMENTS = "documents"
SQLITE_NAME = "opora.db"
POSTGRES_NAME = "opora.dump"


def backup(url: str, data_dir: Path, target: Path) -> int:
    """Writes the backup and answers its size in bytes. The target appears only when it is complete.

    Raises SettingsError when the target cannot be written or pg_dump is missing.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        place = Path(folder)
        if is_sqlite(url):
            copy = place / SQLITE_NAME
            with closing(sqlite3.connect(_sqlite_path(url))) as connection:
                connection.execute("VACUUM INTO ?", (str(copy),))
        else:
            copy = place / POSTGRES_NAME
            _run_postgres("pg_dump", url, "--format=custom", f"--file={copy}")
        archive = place / "backup.tar.gz"
        with tarfile.open(archive, "w:gz") as tar:
            tar.add(copy, copy.name)
            documents = data_dir / DOCUMENTS
            if documents.is_dir():
                tar.add(documents, DOCUMENTS)
        os.chmod(archive, 0o600)
        os.replace(archive, target)
    return target.stat().st_size


def restore(url: str, data_dir: Path, source: Path) -> list[int]:
    """Puts a backup in the place of what is there; answers whom it erased once more.

    Stop the bot and the panel first. Raises SettingsError when the file is not a backup of this kind of database.
    """
    known = _erased(url)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        try:
            with tarfile.open(source) as tar:
                tar.extractall(place, filter="data")
        except (tarfile.TarError, OSError) as error:
            raise SettingsError(f"{source}: not a readable backup ({type(error).__name__})") from None
        if is_sqlite(url):
            _restore_sqlite(place / SQLITE_NAME, _sqlite_path(url), source)
        else:
            dump = place / POSTGRES_NAME
            if not dump.exists():
                raise SettingsError(f"{source}: no PostgreSQL dump inside; set DATABASE_URL to the kind it came from")
            _run_postgres("pg_restore", url, "--clean", "--if-exists", "--no-owner", "--single-transaction", str(dump))
        if (place / DOCUMENTS).is_dir():
            shutil.rmtree(data_dir / DOCUMENTS, ignore_errors=True)
            data_dir.mkdir(parents=True, exist_ok=True)
            shutil.copytree(place / DOCUMENTS, data_dir / DOCUMENTS)
    upgrade(url)
    return _erase_again(url, data_dir, known)


def _restore_sqlite(copy: Path, path: Path, source: Path) -> None:
    if not copy.exists():
        raise SettingsError(f"{source}: no SQLite database inside; set DATABASE_URL to the kind it came from")
    with closing(sqlite3.connect(copy)) as connection:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        raise SettingsError(f"{source}: the database inside is damaged")
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".restoring")
    shutil.copyfile(copy, fresh)
    for leftover in (f"{path}-wal", f"{path}-shm"):
        Path(leftover).unlink(missing_ok=True)
    os.replace(fresh, path)


def _erased(url: str) -> set[int]:
    """Whom the present database knows as erased; nobody when there is none yet."""
    if is_sqlite(url) and not _sqlite_path(url).exists():
        return set()
    upgrade(url)
    with _opened(url) as database:
        done = select(Erasure.person_id).where(Erasure.done_at.is_not(None))
        return set(database.read(lambda session: session.scalars(done).all()))


def _erase_again(url: str, data_dir: Path, known: set[int]) -> list[int]:
    again = sorted(known - _erased(url))
    with _opened(url) as database:
        for person_id in again:
            try:
                names = database.write(erasure.erase, person_id=person_id, requested_by="restore", now=Clock().now())
            except NotFoundError:  # came after the backup was made
                continue
            for name in names:
                (data_dir / DOCUMENTS / name).unlink(missing_ok=True)
    return again


@contextmanager
def _opened(url: str) -> Iterator[Database]:
    database = Database.connect(url)
    try:
        yield database
    finally:
        database.close()


def _sqlite_path(url: str) -> Path:
    return Path(str(database_url(url).database))


def _run_postgres(program: str, url: str, *arguments: str) -> None:
    parsed = make_url(url)
    plain = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    found = shutil.which(program)
    if found is None:
        raise SettingsError(f"{program} was not found: install PostgreSQL's client programs")
    try:
        subprocess.run([found, f"--dbname={plain}", *arguments], check=True, capture_output=True, text=True)  # noqa: S603
    except subprocess.CalledProcessError as error:
        last = (error.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise SettingsError(f"{program}: {last}") from None
