"""Everything from one database to an empty one, on the same engine or the other: `python -m db move`.

One transaction on the target: it makes the tables, takes the rows, compares both sides and only then commits, so that
a failure leaves the target as empty as it was. The source is read only, and nobody writes to it meanwhile.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, func, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError

from db.engine import database_url, is_sqlite, make_engine, sqlite_path, writing
from db.errors import SettingsError
from db.locks import make_sure_nobody_is_there
from db.migrate import is_current_here, keep_others_waiting, make_tables
from db.schema import metadata

BATCH = 1000
VERSION_TABLE = "alembic_version"
MODULUS = 2**256


@dataclass(frozen=True, slots=True)
class Tally:
    """What a table holds: its rows and a checksum over them that doesn't depend on their order."""

    rows: int
    checksum: str


class _Counting:
    """Counts rows and adds up their hashes: equal sums mean equal rows, whatever order a database gives them in."""

    def __init__(self) -> None:
        self._rows = 0
        self._sum = 0

    def add(self, rows: Sequence[Row[Any]]) -> None:
        """Counts these rows."""
        self._rows += len(rows)
        for row in rows:
            digest = hashlib.sha256(canonical(row).encode(errors="surrogatepass")).digest()
            self._sum = (self._sum + int.from_bytes(digest)) % MODULUS

    @property
    def tally(self) -> Tally:
        return Tally(self._rows, f"{self._sum:064x}")


def move(source_url: str, target_url: str) -> dict[str, Tally]:
    """Copies every table; answers what each one holds now, in the order of copying.

    Files under DATA_DIR are not touched. Stop the bot and the panel first. Raises SettingsError, with the target left
    as it was, when the source is in use, absent or of another version, when the target is not empty or takes a row
    otherwise than it was given.
    """
    if is_sqlite(source_url):
        path = sqlite_path(source_url)
        if not path.exists():
            raise SettingsError(f"DATABASE_URL: there is no database at {path}")
        make_sure_nobody_is_there(path)
    if database_url(source_url) == database_url(target_url):
        raise SettingsError("the target is the database of DATABASE_URL itself")
    with _engine(source_url) as source, _engine(target_url) as target, _held(source) as giving:
        with writing(target).connect() as taking, taking.begin():
            keep_others_waiting(taking)
            _make_ready(taking)
            given = {table.name: _copy(table, giving, taking) for table in metadata.sorted_tables}
            _compare(given, taking)
            if taking.dialect.name == "postgresql":
                taking.execute(text("ANALYZE"))  # its planner knows nothing of rows that came a moment ago
        return given


def canonical(row: Row[Any]) -> str:
    """A row as text that is the same whichever database it came from."""
    return json.dumps(list(row), ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a column of the type {type(value).__name__} has no canonical form yet")


@contextmanager
def _engine(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _held(source: Engine) -> Iterator[Connection]:
    """The source in one transaction that sees one moment and lets nobody write."""
    with writing(source).connect() as connection, connection.begin() as transaction:
        if not is_current_here(connection):
            raise SettingsError("the database is not up to date: run `python -m db upgrade` first")
        if source.dialect.name == "postgresql":
            others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            if connection.scalar(text(f"{others} AND pid <> pg_backend_pid() AND backend_type = 'client backend'")):
                raise SettingsError("DATABASE_URL is in use: stop the bot and the panel first")
            names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
            connection.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))
        yield connection
        transaction.rollback()


def _make_ready(target: Connection) -> None:
    """Empty tables of this version: made here or by `python -m db upgrade`. Anything else is refused."""
    there = set(inspect(target).get_table_names())
    if not there:
        make_tables(target)
        return
    known = {table.name for table in metadata.sorted_tables}
    if there != known | {VERSION_TABLE} or not is_current_here(target):
        raise SettingsError("the target is not empty: make a new database for it")
    for table in metadata.sorted_tables:
        if target.scalar(select(func.count()).select_from(table)):
            raise SettingsError(f"the target is not empty ({table.name} has rows): make a new database for it")


def _copy(table: Table, source: Connection, target: Connection) -> Tally:
    counting = _Counting()
    statement = insert(table)
    try:
        for rows in _portions(table, source):
            counting.add(rows)
            target.execute(statement, [row._asdict() for row in rows])
    except DBAPIError as error:
        reason = str(error.orig).splitlines()[0] if error.orig else type(error).__name__
        raise SettingsError(f"{table.name}: a row cannot be moved ({reason}); nothing was changed") from None
    _go_on_counting(table, target)
    return counting.tally


def _portions(table: Table, connection: Connection) -> Iterator[Sequence[Row[Any]]]:
    with connection.execute(select(table), execution_options={"yield_per": BATCH}) as rows:
        yield from rows.partitions()


def _go_on_counting(table: Table, target: Connection) -> None:
    """New rows get numbers after those that came with their own; SQLite sees to that itself."""
    column = table.autoincrement_column
    if target.dialect.name == "postgresql" and column is not None:
        sequence = func.pg_get_serial_sequence(table.name, column.name)
        target.execute(select(func.setval(sequence, func.max(column))))


def _compare(given: dict[str, Tally], target: Connection) -> None:
    for table in metadata.sorted_tables:
        counting = _Counting()
        for rows in _portions(table, target):
            counting.add(rows)
        there, came = given[table.name], counting.tally
        if there != came:
            fault = f"{came.rows} rows of {there.rows} came" if came.rows != there.rows else "values changed on the way"
            raise SettingsError(f"{table.name}: {fault}; nothing was changed")
