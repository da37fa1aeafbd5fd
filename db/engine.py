"""Engines for both ends from one DATABASE_URL: sync for the panel and the bot's threads, async for its long reads."""

import json
import os
import random
import sqlite3
import time
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DisconnectionError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from db.settings import ROOT

WRITING = "opora_writing"
BUSY_SECONDS = 15
CONNECTIONS = 16  # of a process to PostgreSQL at most, opened as they are needed
ASIDE = 2  # more, for long reads
ASK_AGAIN = (0.0005, 0.003)
SCRUB_SECONDS = 1.0
WRITTEN_ANEW = 64 * 2**20  # in bytes: a larger table of PostgreSQL is only vacuumed, for writing it anew takes too long
_OLDER = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND age(backend_xmin) > age(CAST(CAST(:now AS xid8) AS xid))"
)
_TABLES = text(
    "SELECT quote_ident(relname), pg_table_size(oid) FROM pg_class"
    " WHERE relkind = 'r' AND relnamespace = CAST(current_schema() AS regnamespace)"
)
_dump = partial(json.dumps, ensure_ascii=False)


def database_url(url: str, *, asynchronous: bool = False) -> URL:
    """The URL with its driver chosen; a relative SQLite path counts from the project's folder."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = parsed.database
        if path and path != ":memory:" and not Path(path).is_absolute():
            parsed = parsed.set(database=str(ROOT / path))
        return parsed.set(drivername="sqlite+aiosqlite" if asynchronous else "sqlite")
    return parsed.set(drivername="postgresql+psycopg")


def is_sqlite(url: str) -> bool:
    """Whether the URL names an SQLite file."""
    return make_url(url).get_backend_name() == "sqlite"


def sqlite_path(url: str) -> Path:
    """The file that an SQLite URL names."""
    return Path(str(database_url(url).database))


def make_engine(url: str, **options: Any) -> Engine:
    """A sync engine. Begin a write with the execution option `opora_writing=True` (see `writing`)."""
    parsed = database_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, **_common(parsed), **options)
    _prepare(engine)
    return engine


def make_async_engine(url: str) -> AsyncEngine:
    """An async engine of the same database, by aiosqlite or psycopg, with few connections."""
    parsed = database_url(url, asynchronous=True)
    engine = create_async_engine(parsed, **{**_common(parsed), "pool_size": ASIDE, "max_overflow": 0})
    _prepare(engine.sync_engine)
    return engine


def writing(engine: Engine) -> Engine:
    """The same engine and pool, whose transactions take SQLite's write lock when they begin."""
    return engine.execution_options(**{WRITING: True})


def _common(url: URL) -> dict[str, Any]:
    # An error's text must not carry people's data into the log.
    return {"json_serializer": _dump, "hide_parameters": True, **_pool(url)}


def scrub(engine: Engine) -> bool:
    """Rids the database's files of what was erased: SQLite's write-ahead log, PostgreSQL's dead rows and index entries.

    Returns false while somebody still reads what was there before; ask again later.
    """
    return _empty_log(engine) if engine.dialect.name == "sqlite" else _vacuum(engine)


def _empty_log(engine: Engine) -> bool:
    connection = engine.raw_connection()
    cursor = connection.cursor()
    try:
        # While it waits for readers nobody writes, so it does not wait for long.
        cursor.execute(f"PRAGMA busy_timeout={int(SCRUB_SECONDS * 1000)}")
        busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        return not busy
    finally:
        cursor.close()
        connection.close()


def _vacuum(engine: Engine) -> bool:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        now = connection.scalar(text("SELECT CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text)"))
        deadline = time.monotonic() + SCRUB_SECONDS
        while connection.scalar(_OLDER, {"now": now}):
            if time.monotonic() > deadline:
                return False
            time.sleep(SCRUB_SECONDS / 20)
        # A plain vacuum leaves words in pages' free room; a full one writes the table anew while nobody reads it:
        # the wait for that holds up whoever comes next, so it is short.
        connection.execute(text(f"SET lock_timeout = '{int(SCRUB_SECONDS * 1000)}ms'"))
        try:
            for table, size in connection.execute(_TABLES).all():
                connection.execute(text(f"VACUUM ({'FULL' if size < WRITTEN_ANEW else 'INDEX_CLEANUP'}) {table}"))
        except OperationalError:
            return False
        finally:
            connection.execute(text("RESET lock_timeout"))
        return True


def _pool(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": BUSY_SECONDS}}
    # A lock that lasts means a stuck process; people get a clear refusal instead of a hang.
    options = f"-c lock_timeout={BUSY_SECONDS}s -c timezone=UTC"
    # None beyond the pool's own: one that is opened and closed again costs more than all that is asked over it.
    return {
        "connect_args": {"options": options},
        "pool_pre_ping": True,
        "pool_size": CONNECTIONS,
        "max_overflow": 0,
    }


def _prepare(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        return
    # The driver's own idea of transactions begins them too late and loses updates between two writers.
    event.listen(engine, "connect", _connect_sqlite)
    if engine.url.database and engine.url.database != ":memory:":
        event.listen(engine, "connect", partial(_remember_file, engine.url.database))
        event.listen(engine, "checkout", partial(_check_file, engine.url.database))
    event.listen(engine, "begin", _begin_sqlite)


def _connect_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    # SQLite's own lower() knows ASCII only.
    connection.create_function("lower", 1, lambda value: value.lower() if isinstance(value, str) else value)
    cursor = connection.cursor()
    # secure_delete: what is erased is overwritten in the file, not only unlinked.
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")
    for pragma in (*pragmas, f"busy_timeout={BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _remember_file(path: str, _connection: Any, record: ConnectionPoolEntry) -> None:
    record.info["file"] = _number_of(path)


def _check_file(path: str, _connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """A file that was moved away is still written to through an open connection, and nobody will ever find that again.

    Raises OperationalError where there is none, and has another one that stands there opened.
    """
    number = _number_of(path)
    if number is None:
        gone = sqlite3.OperationalError("the database file is gone")
        raise OperationalError("", None, gone)
    if number != record.info["file"]:
        raise DisconnectionError


def _number_of(path: str) -> int | None:
    try:
        return os.stat(path).st_ino
    except FileNotFoundError:
        return None


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get(WRITING):
        _take_turn(connection)
    else:
        connection.exec_driver_sql("BEGIN DEFERRED")


def _take_turn(connection: Connection) -> None:
    """Begins a writing transaction; asks for the lock every other millisecond while somebody else has it.

    SQLite itself asks ever more seldom, ten times a second in the end: beside a process that writes one transaction
    after another the others would find the door closed until they give up.
    """
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        deadline = time.monotonic() + BUSY_SECONDS
        while time.monotonic() < deadline:
            try:
                cursor.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(random.uniform(*ASK_AGAIN))  # noqa: S311
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # the same refusal, as SQLAlchemy tells it
    finally:
        cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        cursor.close()
