"""A few rows for every table as they were at a revision: what the test of upgrades starts from.

`python -m tests.support.revisions` writes the file of the newest revision out of the one before it, migrated; what a
new table or column holds is put in by hand then. A file that exists is never changed: databases like it are out there.
"""

import json
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Date, DateTime, Engine, MetaData, Table, delete, insert, select, text

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
    """Inserts the rows into a database that is at their revision."""
    with writing(engine).begin() as connection:
        for table in tables(engine):
            if rows.get(table.name):
                values = [{name: _read(table, name, value) for name, value in row.items()} for row in rows[table.name]]
                connection.execute(insert(table), values)


def empty(engine: Engine) -> None:
    """Deletes every row, those too that the database's triggers keep."""
    with writing(engine).begin() as connection:
        kept = {}
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            kept = {row.name: row.sql for row in connection.execute(text(TRIGGERS))}
        for name in kept:
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        for table in reversed(tables(engine)):
            connection.execute(delete(table))
        for words in kept.values():
            connection.exec_driver_sql(words)


TRIGGERS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"


def dump(engine: Engine) -> Rows:
    """All rows of a database, in the order of their keys."""
    with engine.connect() as connection:
        return {
            table.name: [
                {name: _written(value) for name, value in row._mapping.items()}
                for row in connection.execute(select(table).order_by(*table.primary_key.columns))
            ]
            for table in tables(engine)
        }


def tables(engine: Engine) -> list[Table]:
    """What the database itself says it has: the models know the newest revision only.

    Databases that say the same line for line are asked once: reflecting is most of what a walk from one revision to
    the next costs. The order of a table's constraints is a matter of chance where SQLite's table was built anew.
    """
    with engine.connect() as connection:
        said = frozenset(
            (name, line.strip(" ,"))
            for name, words in connection.execute(text(SAYS[engine.dialect.name]))
            for line in words.splitlines()
        )
    if said not in _reflected:
        metadata = MetaData()
        metadata.reflect(engine)
        _reflected[said] = [table for table in metadata.sorted_tables if table.name != "alembic_version"]
    return _reflected[said]


SAYS = {
    "sqlite": "SELECT name, coalesce(sql, '') FROM sqlite_master WHERE name <> 'alembic_version'",
    "postgresql": """
        SELECT attrelid::regclass::text,
            concat_ws(' ', attnum, attname, format_type(atttypid, atttypmod), attnotnull)
        FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
        UNION ALL
        SELECT conrelid::regclass::text, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
}
"""How a database is asked for its schema: all that its tables, columns, types and keys depend on."""

_reflected: dict[frozenset[tuple[str, str]], list[Table]] = {}


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
        file.write_text(json.dumps(dump(engine), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        engine.dispose()
    print(f"{file}: now put values into the new tables and columns")
    return 0


if __name__ == "__main__":
    sys.exit(main())
