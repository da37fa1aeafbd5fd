"""What must run in one process at a time, and what nobody may use meanwhile."""

import sqlite3
import time
import zlib
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from db.errors import SettingsError

LEAVING = 2.0  # seconds that a closed connection may still be counted


def try_advisory_lock(session: Session, *, name: str) -> bool:
    """Takes the named lock until the transaction ends; false when another process holds it.

    SQLite needs none: it has one writer at a time anyway.
    """
    if session.get_bind().dialect.name == "sqlite":
        return True
    return bool(session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": zlib.crc32(name.encode())}))


_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND backend_type = 'client backend'"
)


def make_sure_nobody_is_connected(engine: Engine) -> None:
    """Raises SettingsError while others are connected to the PostgreSQL database; who is just leaving is waited for."""
    deadline = time.monotonic() + LEAVING
    while True:
        with engine.connect() as connection:
            others = connection.scalar(_OTHERS)
        if not others:
            return
        if time.monotonic() > deadline:
            raise SettingsError(f"the database is in use ({others} connections): stop the bot and the panel first")
        time.sleep(0.1)


def make_sure_nobody_is_there(path: Path) -> None:
    """Raises SettingsError while another process has the SQLite file open. A damaged file is nobody's."""
    try:
        # Leaving WAL mode is granted only to somebody alone in the file.
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        raise SettingsError(f"{path} is in use ({error}): stop the bot and the panel first") from None
    except sqlite3.DatabaseError:
        pass  # damaged: this is what a restore is for
