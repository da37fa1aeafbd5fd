"""Room kept for the hour when the disk is full: a file beside the SQLite database that is given up then.

On a full disk SQLite can't even delete, so erasures and what is in hand would stop as well. Whoever meets the full disk
first gives the file up and tries once more; the bot's housekeeping makes it anew when there is room. PostgreSQL's disk
is its administrator's.
"""

import os
import shutil
import sqlite3
from pathlib import Path

import structlog
from sqlalchemy import Engine
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

SIZE = 32 * 1024 * 1024
"""In bytes: some hundred thousand taps, or the erasure of everybody who asks while the operator makes room."""

log = structlog.get_logger(__name__)


def place(url: URL) -> Path | None:
    """Where the reserve of this database lies; nowhere for PostgreSQL."""
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    return Path(f"{url.database}-reserve")


def keep(url: URL) -> bool:
    """Makes the reserve if it is missing and the disk has room for twice as much; answers whether it is there."""
    file = place(url)
    if file is None or file.exists():
        return file is not None
    if shutil.disk_usage(file.parent).free < 2 * SIZE:
        return False
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        with open(fresh, "wb", opener=_private) as out:
            _fill(out.fileno())
        os.replace(fresh, file)
    except OSError as error:  # somebody else took the room meanwhile
        fresh.unlink(missing_ok=True)
        log.warning("reserve_not_made", reason=type(error).__name__)
        return False
    log.info("reserve_made", megabytes=SIZE // 2**20)
    return True


def give_up(engine: Engine, error: OperationalError) -> bool:
    """After a failed write: whether there is room now that wasn't there, so that trying again makes sense."""
    file = place(engine.url)
    if file is None or not _no_room(error, file.parent):
        return False
    try:
        file.unlink()
    except FileNotFoundError:
        log.error("disk_full", reserve="used_up")
        return False
    log.error("disk_full", reserve="given_up")
    return True


def _no_room(error: BaseException | None, folder: Path) -> bool:
    while error is not None:
        code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            return True
        if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):  # where not even the log's index can grow
            return shutil.disk_usage(folder).free < SIZE // 64
        # A full disk ends the whole transaction, and what is heard of it is a savepoint that is not there any more.
        error = error.__context__
    return False


def _fill(descriptor: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, SIZE)
    else:
        for _ in range(SIZE // 2**20):
            os.write(descriptor, os.urandom(2**20))
    os.fsync(descriptor)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
