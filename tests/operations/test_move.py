"""A database moves to another engine whole, or not at all."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.database import Database
from db.migrate import upgrade
from db.people.models import Person
from db.schema import metadata
from tests.operations.conftest import Done, Run, said
from tests.support import revisions
from tests.support.databases import copy_sqlite, migrated_sqlite
from tests.support.demo import demo_copy
from tests.support.figures import Figures
from tests.support.postgres import PostgresServer
from tests.support.town import MONDAY


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database.connect(url)
    try:
        yield database
    finally:
        database.close()


def printed(done: Done) -> dict[str, tuple[int, str]]:
    """What the command printed: a table's rows and checksum."""
    return {name: (int(rows), checksum) for name, rows, checksum in map(str.split, done.stdout.splitlines())}


def postgres_tables(url: str) -> list[tuple[str]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()


def dump(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as connection:
        return list(connection.iterdump())


def newcomer(session: Session) -> int:
    person = Person(created_at=MONDAY)
    session.add(person)
    session.flush()
    return person.id


def there_and_back(call: Run, tmp_path: Path, source: str, target: str) -> int:
    """Moves the source to PostgreSQL, goes on there, and moves to a new SQLite file; answers the rows."""
    before = dump(tmp_path / "opora.db")
    done = call("move", target, url=source)
    assert done.returncode == 0, done.stderr
    moved = printed(done)
    assert list(moved) == [table.name for table in metadata.sorted_tables]
    with opened(source) as old, opened(target) as new:
        for table in metadata.sorted_tables:
            count = select(func.count()).select_from(table)
            counts = [database.read(lambda session, query=count: session.scalar(query)) for database in (old, new)]
            assert counts == [moved[table.name][0]] * 2, table.name
        # Not only counted: one and the same people on both sides.
        columns = select(Person.__table__).order_by(Person.id)
        people = [database.read(lambda session: session.execute(columns).all()) for database in (old, new)]
        assert people[0] == people[1]
        assert new.write(newcomer) == people[0][-1].id + 1, "a new row gets a number that nobody had"
    assert dump(tmp_path / "opora.db") == before, "the source is as it was"

    back = call("move", f"sqlite:///{tmp_path / 'back.db'}", url=target)
    assert back.returncode == 0, back.stderr
    same = {name for name, tally in printed(back).items() if tally == moved[name]}
    assert same == set(moved) - {"person"}, "the newcomer is the only difference"
    return sum(rows for rows, _ in moved.values())


def test_a_database_moves_to_postgresql_goes_on_there_and_comes_back(
    call: Run, tmp_path: Path, empty_postgres_url: str
) -> None:
    """With a value in every column of every table."""
    source = copy_sqlite(migrated_sqlite(tmp_path), tmp_path / "opora.db")
    with opened(source) as database:
        revisions.put(database.engine, revisions.load(revisions.REVISIONS[-1]))
    assert there_and_back(call, tmp_path, source, empty_postgres_url) > len(metadata.tables)


@pytest.mark.soak
def test_a_regions_demo_moves_with_its_documents(
    call: Run, tmp_path: Path, postgres_server: PostgresServer, figures: Figures
) -> None:
    source = demo_copy(tmp_path)
    with postgres_server.database() as target:
        began = time.monotonic()
        rows = there_and_back(call, tmp_path, source, target)
        took = time.monotonic() - began
        assert said(call("check", url=target)) == ["everything is in order"], "the documents are found too"
    figures.note("a database moves whole", f"{rows} rows there and back in {took:.1f} s", goal="equal on both sides")


def test_a_target_that_is_not_empty_is_refused_and_left_alone(
    call: Run, tmp_path: Path, empty_postgres_url: str, postgres_url: str, sqlite_url: str
) -> None:
    loaded = call("move", postgres_url, url=sqlite_url)
    assert loaded.returncode == 1 and "has rows): make a new database for it" in said(loaded)[0]
    with psycopg.connect(empty_postgres_url) as connection:
        connection.execute("CREATE TABLE somebody_elses (id integer)")
    foreign = call("move", empty_postgres_url, url=sqlite_url)
    assert foreign.returncode == 1 and said(foreign) == ["the target is not empty: make a new database for it"]
    assert postgres_tables(empty_postgres_url) == [("somebody_elses",)]
    itself = call("move", sqlite_url, url=sqlite_url)
    assert itself.returncode == 1 and said(itself) == ["the target is the database of DATABASE_URL itself"]


SPOILERS = {
    "changes a value": (
        "NEW.short := NEW.short || ' '; RETURN NEW;",
        "reason: values changed on the way; nothing was changed",
    ),
    "loses a row": (
        "IF NEW.id = 1 THEN RETURN NULL; END IF; RETURN NEW;",
        "reason: {less} rows of {all} came; nothing was changed",
    ),
    "refuses a row": (
        "RAISE EXCEPTION 'the disk is on fire';",
        "reason: a row cannot be moved (the disk is on fire); nothing was changed",
    ),
}


@pytest.mark.parametrize("what", SPOILERS)
def test_a_spoiled_copy_is_noticed_and_taken_back(
    call: Run, tmp_path: Path, sqlite_url: str, empty_postgres_url: str, what: str
) -> None:
    """The control: a target that was upgraded beforehand is fine, until a trigger there spoils what comes in."""
    upgrade(empty_postgres_url)
    body, expected = SPOILERS[what]
    with psycopg.connect(empty_postgres_url) as connection:
        connection.execute(
            f"CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$".encode()
        )
        connection.execute("CREATE TRIGGER spoil BEFORE INSERT ON reason FOR EACH ROW EXECUTE FUNCTION spoil()")
    with closing(sqlite3.connect(tmp_path / "opora.db")) as connection:
        (rows,) = connection.execute("SELECT count(*) FROM reason").fetchone()
    done = call("move", empty_postgres_url, url=sqlite_url)
    assert done.returncode == 1 and done.stdout == ""
    assert said(done) == [expected.format(all=rows, less=rows - 1)]
    with psycopg.connect(empty_postgres_url) as connection:
        connection.execute("DROP TRIGGER spoil ON reason")
        assert connection.execute(
            "SELECT (SELECT count(*) FROM municipality) + (SELECT count(*) FROM reason)"
        ).fetchone() == (0,)
    assert call("move", empty_postgres_url, url=sqlite_url).returncode == 0, "and once the fault is mended it works"


def test_a_move_refuses_while_somebody_works_on_the_source(
    call: Run, tmp_path: Path, sqlite_url: str, postgres_url: str, empty_postgres_url: str
) -> None:
    with opened(sqlite_url) as database:
        database.read(lambda session: session.scalar(select(func.count()).select_from(Person)))
        done = call("move", empty_postgres_url, url=sqlite_url)
    assert done.returncode == 1 and "stop the bot and the panel first" in said(done)[0]
    with opened(postgres_url) as database:
        database.read(lambda session: session.scalar(select(func.count()).select_from(Person)))
        done = call("move", f"sqlite:///{tmp_path / 'new.db'}", url=postgres_url)
    assert done.returncode == 1 and "stop the bot and the panel first" in said(done)[0]
    assert postgres_tables(empty_postgres_url) == []


def test_a_source_that_cannot_be_moved(call: Run, tmp_path: Path, empty_postgres_url: str) -> None:
    absent = call("move", empty_postgres_url)
    assert absent.returncode == 1 and "there is no database at" in said(absent)[0]
    assert not (tmp_path / "opora.db").exists()
    (tmp_path / "opora.db").touch()
    old = call("move", empty_postgres_url)
    assert old.returncode == 1 and "run `python -m db upgrade` first" in said(old)[0]
    wrong = call("move", "mysql://host/name")
    assert wrong.returncode == 1 and said(wrong)[0].startswith("the target: expected sqlite:///")
    assert postgres_tables(empty_postgres_url) == []
