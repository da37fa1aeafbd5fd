"""A few rows for every table as they were at a revision: what the test of upgrades starts from.

`python -m tests.support.revisions` writes the file of the newest revision out of the one before it, migrated; what a
new table or column holds is put in by hand then. A file that exists is never changed: databases like it are out there.
"""

import json
import sys
import tempfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Date,
    DateTime,
    Engine,
    MetaData,
    Table,
    delete,
    insert,
    select,
    text,
    update,
)

from db.engine import make_engine, writing
from db.migrate import FOLDER, upgrade

FILES = Path(__file__).parent.parent / "house" / "revisions"
REVISIONS = sorted(path.stem.partition("_")[0] for path in FOLDER.glob("versions/[0-9]*.py"))
Rows = dict[str, list[dict[str, Any]]]
"""Rows by table, by column; moments and dates are written as in ISO 8601, moments in UTC."""


def load(revision: str) -> Rows:
    """The file of a revision."""
    rows: Rows = json.loads((FILES / f"{revision}.json").read_text(encoding="utf-8"))
    return rows


def put(engine: Engine, rows: Rows) -> None:
    """Inserts the rows into an empty database that is at their revision."""
    fit(engine, {name: [] for name in rows}, rows)


def fit(engine: Engine, held: Rows, rows: Rows) -> None:
    """Makes a database that holds some rows hold the others: only what differs is written, triggers or not."""
    known = tables(engine)
    with writing(engine).begin() as connection:
        kept = {}
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            kept = {row.name: row.sql for row in connection.execute(text(TRIGGERS))}
        for name in kept:
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        for name in reversed(rows):
            wanted = {_key(known[name], row) for row in rows[name]}
            for row in held[name]:
                if _key(known[name], row) not in wanted:
                    connection.execute(delete(known[name]).where(*_is(known[name], row)))
        for name, wanted_rows in rows.items():
            table, old = known[name], {_key(known[name], row): row for row in held[name]}
            new = [row for row in wanted_rows if _key(table, row) not in old]
            if new:
                connection.execute(insert(table), [_values(table, row) for row in new])
            for row in wanted_rows:
                if row != old.get(_key(table, row), row):
                    connection.execute(update(table).where(*_is(table, row)).values(_values(table, row)))
        for words in kept.values():
            connection.exec_driver_sql(words)


TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"


def _key(table: Table, row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in table.primary_key.columns)


def _is(table: Table, row: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    return [column == _read(table, column.name, row[column.name]) for column in table.primary_key.columns]


def _values(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _read(table, name, value) for name, value in row.items()}


def dump(engine: Engine) -> Rows:
    """All rows of a database, in the order of their keys."""
    with engine.connect() as connection:
        return {
            name: [
                {name: _written(value) for name, value in row._mapping.items()}
                for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for name, table in tables(engine).items()
        }


def tables(engine: Engine) -> dict[str, Table]:
    """What the database itself says it has: the models know the newest revision only.

    A table that says the same line for line is asked once: reflecting all of them is most of what a walk from one
    revision to the next costs. The order of a table's constraints is a matter of chance where SQLite's table was built
    anew.
    """
    said: dict[str, set[str]] = {}
    with engine.connect() as connection:
        for name, words in connection.execute(text(SAYS[engine.dialect.name])):
            said.setdefault(name, set()).update(line.strip(" ,") for line in words.splitlines())
    found = {}
    for name in sorted(said):
        key = (engine.dialect.name, name, frozenset(said[name]))
        if key not in _reflected:
            _reflected[key] = Table(name, MetaData(), autoload_with=engine, resolve_fks=False)
        found[name] = _reflected[key]
    return found


SAYS = {
    "sqlite": """
        SELECT name, coalesce(sql, '') FROM sqlite_master
        WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'alembic_version'
    """,
    "postgresql": """
        SELECT relname, concat_ws(' ', attnum, attname, format_type(atttypid, atttypmod), attnotnull)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
            AND relname <> 'alembic_version'
        UNION ALL
        SELECT relname, pg_get_constraintdef(pg_constraint.oid)
        FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
        WHERE connamespace = 'public'::regnamespace AND relname <> 'alembic_version'
    """,
}
"""How a database is asked for its schema: all that its tables, columns, types and keys depend on."""

_reflected: dict[tuple[str, str, frozenset[str]], Table] = {}


def _read(table: Table, name: str, value: Any) -> Any:
    kind = table.c[name].type
    if value is None or isinstance(kind, JSON):
        return value
    if isinstance(kind, DateTime):
        moment = datetime.fromisoformat(value)
        return moment if kind.timezone else moment.replace(tzinfo=None)
    return date.fromisoformat(value) if isinstance(kind, Date) else value


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def main() -> int:
    """Writes the newest revision's file."""
    before, newest = REVISIONS[-2:]
    file = FILES / f"{newest}.json"
    if file.exists():
        print(f"{file} is there already")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/opora.db"
        upgrade(url, before)
        engine = make_engine(url)
        put(engine, load(before))
        upgrade(url)
        after, metadata = dump(engine), MetaData()
        metadata.reflect(engine)
        rows = {table.name: after[table.name] for table in metadata.sorted_tables if table.name in after}
        file.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        engine.dispose()
    print(f"{file}: now put values into the new tables and columns")
    return 0


if __name__ == "__main__":
    sys.exit(main())
