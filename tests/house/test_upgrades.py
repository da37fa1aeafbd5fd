"""A database of every earlier version migrates with its data kept; the data are in tests/house/revisions/."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from sqlalchemy import Engine, select
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


def with_reviews(rows: Rows) -> Rows:
    """What 0046 makes of these: scores stand in a review of whoever gave them, not in the answer."""
    if "criterion_answer" not in rows:
        return rows
    answers = [{name: value for name, value in row.items() if name != "score"} for row in rows["criterion_answer"]]
    return {**rows, "criterion_answer": answers}


def with_places(rows: Rows) -> Rows:
    """What 0063 makes of these: where a relative works is a tie of its person."""
    if "expert_relative" not in rows:
        return rows
    places = [row | {"kind": "relative"} for row in rows["expert_relative"]]
    kept = {name: found for name, found in rows.items() if name != "expert_relative"}
    return kept | {"tie": [*kept.get("tie", []), *places]}


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def test_every_revision_has_its_data() -> None:
    missing = [revision for revision in REVISIONS if not (FILES / f"{revision}.json").exists()]
    assert not missing, f"run python -m tests.support.revisions, fill in what is new, commit: {missing}"


def fill(engine: Engine, revision: str, held: Rows | None = None) -> Rows:
    """Makes a database that is at a revision, and holds nothing or other rows, hold the revision's file; returns it."""
    rows = revisions.load(revision)
    revisions.fit(engine, held or {name: [] for name in rows}, rows)
    unfilled = [
        f"{table}.{column}"
        for table, kept in rows.items()
        for column in (kept[0] if kept else ["*"])
        if all(row[column] is None for row in kept)
    ]
    assert not unfilled, "a column without a value proves nothing"
    return rows


def same(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return all(new.get(name) == value for name, value in old.items())


def assert_kept(before: Rows, after: Rows, *, since: str, until: str) -> None:
    before = with_accounts(before) if since < "0009" <= until else before
    before = with_reviews(before) if since < "0046" <= until else before
    before = with_places(before) if since < "0063" <= until else before
    for table, old in before.items():
        if table in DROPPED:
            continue
        now = after.get(table, [])
        lost = [row for row in old if not any(same(row, one) for one in now)]
        assert not lost, f"{table}: {lost[0]}"


def assert_understood(engine: Engine, after: Rows) -> None:
    with Session(engine) as session:  # this version's code understands every value
        for mapper in Base.registry.mappers:
            session.scalars(select(mapper)).all()
    assert {table.name for table in metadata.sorted_tables} == set(after)


# What a version's file holds is what the step before has made of the file before it, and more: so a walk from step to
# step shows of every version what each one's own way to the newest would, at the price of one way.
def test_every_step_keeps_what_the_version_before_it_held(empty_database_url: str) -> None:
    upgrade(empty_database_url, REVISIONS[0])
    with opened(empty_database_url) as engine:
        before = fill(engine, REVISIONS[0])
        for old, new in pairwise(REVISIONS):
            upgrade(empty_database_url, new)
            after = revisions.dump(engine)
            assert_kept(before, after, since=old, until=new)
            before = fill(engine, new, after)
        assert revisions.dump(engine) == before, "the last file is what the database holds"
        assert_understood(engine, before)


def test_a_database_of_the_first_version_migrates_with_data_kept(empty_database_url: str) -> None:
    upgrade(empty_database_url, REVISIONS[0])
    with opened(empty_database_url) as engine:
        before = fill(engine, REVISIONS[0])
        upgrade(empty_database_url)
        after = revisions.dump(engine)
        assert_kept(before, after, since=REVISIONS[0], until=REVISIONS[-1])
        assert_understood(engine, after)
