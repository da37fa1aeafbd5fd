"""Migrated databases at the price of a copy: one template per test process and engine."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.support.postgres import PostgresServer


def migrated_sqlite(file: Path) -> Path:
    """Makes a migrated SQLite file that may be copied as one file."""
    from db.migrate import upgrade  # not at the top: tests of other things must run while the schema does not

    upgrade(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file


def copy_sqlite(template: Path, file: Path) -> str:
    """A fresh copy of the template; returns its URL."""
    shutil.copyfile(template, file)
    return f"sqlite:///{file}"


@contextmanager
def migrated_postgres(server: PostgresServer) -> Iterator[str]:
    """Makes a migrated PostgreSQL database; gives its name, to be used as a template."""
    from db.migrate import upgrade

    with server.database() as url:
        upgrade(url)
        yield server.name_of(url)
