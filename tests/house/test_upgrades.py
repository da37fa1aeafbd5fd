"""A database of every earlier version migrates with its data kept; the data are in tests/house/revisions/."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db.base import Base
from db.engine import make_engine
from db.migrate import upgrade
from db.schema import metadata
from tests.support import revisions
from tests.support.revisions import FILES, REVISIONS, Rows

DROPPED = {"score_tally"}
"""Tables without anything of their own: sums over rows that are kept."""


def with_accounts(rows: Rows) -> Rows:
    """What 0009 makes of these: an account of whoever was in a messenger, and nothing of one in the person's row."""
    moved = ("platform", "external_id", "locale", "blocked_at")
    accounts = [
        {"person_id": row["id"]} | {name: row[name] for name in moved} for row in rows["person"] if row["external_id"]
    ]
    people = [{name: value for name, value in row.items() if name not in moved} for row in rows["person"]]
    return {**rows, "person": people, "messenger_account": accounts}


def test_every_revision_has_its_data() -> None:
    missing = [revision for revision in REVISIONS if not (FILES / f"{revision}.json").exists()]
    assert not missing, f"run python -m tests.support.revisions, fill in what is new, commit: {missing}"


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_database_of_every_earlier_version_migrates_with_data_kept(empty_database_url: str, revision: str) -> None:
    upgrade(empty_database_url, revision)
    rows = revisions.load(revision)
    engine = make_engine(empty_database_url)
    try:
        revisions.put(engine, rows)
        unfilled = [
            f"{table.name}.{column.name}"
            for table in revisions.tables(engine)
            for column in table.columns
            if all(row[column.name] is None for row in rows.get(table.name, []))
        ]
        assert not unfilled, "a column without a value proves nothing"
        before = revisions.dump(engine)
        assert before == rows, "the file is what the database holds"

        upgrade(empty_database_url)

        after = revisions.dump(engine)
        for table, old in (before if revision >= "0009" else with_accounts(before)).items():
            if table in DROPPED:
                continue
            kept = [{name: row.get(name) for name in old[0]} for row in after.get(table, [])]
            lost = [row for row in old if row not in kept]
            assert not lost, f"{table}: {lost[0]}"
        with Session(engine) as session:  # this version's code understands every value
            for mapper in Base.registry.mappers:
                session.scalars(select(mapper)).all()
        assert {table.name for table in metadata.sorted_tables} == set(after)
    finally:
        engine.dispose()
