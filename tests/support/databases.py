"""Databases with the region's pack at the price of a copy: one template per run of the tests and engine."""

import fcntl
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.support.postgres import PostgresServer


def once(folder: Path, name: str, make: Callable[[Path], object]) -> Path:
    """Returns a folder that the first test process of a run that asks has filled by `make`.

    `folder` is any under pytest's own temporary one: all processes of a run have theirs under one.
    """
    run = next((one for one in (folder, *folder.parents) if one.parent.name.startswith("pytest-of")), folder.parent)
    place = run / f"made-once-{name}"
    place.mkdir(exist_ok=True)
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / "done").exists():
            make(place)
            (place / "done").touch()
    return place


def migrated_sqlite(folder: Path) -> Path:
    """An SQLite file with tables and nothing in them, to be copied; all migrations run once a run of the tests.

    They take four seconds of a processor, as much as forty tests. `folder` is any of pytest's own temporary ones.
    """

    def make(place: Path) -> None:
        from db.migrate import upgrade

        upgrade(f"sqlite:///{place / 'empty.db'}")
        settle_sqlite(place / "empty.db")

    return once(folder, "migrated", make) / "empty.db"


def load_chelyabinsk(url: str) -> None:
    """Loads the Chelyabinsk pack into a migrated database."""
    from db.database import Database  # not at the top: tests of other things must run while the schema does not
    from db.packs import load_pack
    from db.packs.loading import load
    from tests.support.town import MONDAY

    door = Database.connect(url)
    door.write(load, pack=load_pack("chelyabinsk"), now=MONDAY)
    door.close()


def made(url: str) -> None:
    """Migrates an empty database and loads the Chelyabinsk pack."""
    from db.migrate import upgrade

    upgrade(url)
    load_chelyabinsk(url)


def made_sqlite(file: Path) -> Path:
    """Makes an SQLite file that may be copied as one file."""
    load_chelyabinsk(copy_sqlite(migrated_sqlite(file.parent), file))
    settle_sqlite(file)
    return file


def settle_sqlite(file: Path) -> None:
    """Brings all that was written into the one file."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def copy_sqlite(template: Path, file: Path) -> str:
    """A fresh copy of the template; returns its URL."""
    shutil.copyfile(template, file)
    return f"sqlite:///{file}"


@contextmanager
def made_postgres(server: PostgresServer, folder: Path) -> Iterator[str]:
    """Makes a PostgreSQL database, from what the first test process that asked has dumped.

    Gives its name, to be used as a template.
    """

    def program(name: str, url: str, *arguments: str) -> None:
        subprocess.run([server.programs / "bin" / name, f"--dbname={url}", *arguments], check=True, capture_output=True)

    def dump(place: Path) -> None:
        with server.database() as url:
            made(url)
            program("pg_dump", url, "--format=custom", "--compress=none", f"--file={place / 'dump'}")

    place = once(folder, "postgres", dump)
    with server.database() as url:
        program("pg_restore", url, "--exit-on-error", str(place / "dump"))
        yield server.name_of(url)
