"""Databases with the region's pack at the price of a copy: one template per test process and engine."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.support.postgres import PostgresServer


def made(url: str) -> None:
    """Migrates an empty database and loads the Chelyabinsk pack."""
    from db.database import Database  # not at the top: tests of other things must run while the schema does not
    from db.migrate import upgrade
    from db.packs import load_pack
    from db.packs.loading import load
    from tests.support.town import MONDAY

    upgrade(url)
    door = Database.connect(url)
    door.write(load, pack=load_pack("chelyabinsk"), now=MONDAY)
    door.close()


def made_sqlite(file: Path) -> Path:
    """Makes an SQLite file that may be copied as one file."""
    made(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


def copy_sqlite(template: Path, file: Path) -> str:
    """A fresh copy of the template; returns its URL."""
    shutil.copyfile(template, file)
    return f"sqlite:///{file}"


@contextmanager
def made_postgres(server: PostgresServer) -> Iterator[str]:
    """Makes a PostgreSQL database; gives its name, to be used as a template."""
    with server.database() as url:
        made(url)
        yield server.name_of(url)
