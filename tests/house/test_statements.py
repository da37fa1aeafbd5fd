"""Statements that are built once, at the end of a module, run on both engines, whatever is asked with them.

PostgreSQL refuses a parameter whose type it can't guess, SQLite takes everything: the calendar stumbled there.
"""

import importlib.util
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Select
from sqlalchemy.orm import Session

import db
from db.database import Database

ROOT = Path(__file__).resolve().parents[2]


def statements() -> Iterator[tuple[str, "Select[*tuple[object, ...]]"]]:
    for module in pkgutil.walk_packages(db.__path__, "db."):
        if "migrations" in module.name or module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, Select) and name.startswith("_"):
                yield f"{module.name}.{name}", value


def test_every_statement_that_is_built_once_runs_with_nothing_asked(database: Database) -> None:
    refused: list[str] = []
    tried = 0

    def run(session: Session, *, statement: "Select[*tuple[object, ...]]") -> None:
        binds = statement.compile().binds.values()
        asked = {bind.key: [None] if bind.expanding else None for bind in binds if bind.required}
        session.execute(statement, asked).all()

    for name, statement in statements():
        tried += 1
        try:
            database.read(run, statement=statement)
        except Exception as error:  # noqa: BLE001  all of them are told
            refused.append(f"{name}: {str(error)[:200]}")
    assert not refused, "\n".join(refused)
    assert tried > 30, "the statements were not found"


@pytest.mark.parametrize("module", ["db.events.queries", "db.overviews.home"])
def test_control_the_statements_of_taps_are_among_them(module: str) -> None:
    assert any(name.startswith(module) for name, _ in statements())


FIRST = """
import importlib, os, sys, traceback
import sqlalchemy.orm, sqlalchemy.ext.asyncio  # others' code once; ours anew in each child
for name in sys.argv[1:]:
    child = os.fork()
    if not child:
        try:
            importlib.import_module(name)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        print(name)
"""


def test_a_module_of_statements_can_be_the_first_that_is_imported() -> None:
    """An alias of a model looked for all others: whether `db.diagnostics.services` could be imported was chance."""
    modules = sorted({name.rpartition(".")[0] for name, _ in statements()})
    modules += [name.replace(".queries", ".services") for name in modules if name.endswith(".queries")]
    known = [name for name in modules if importlib.util.find_spec(name)]
    done = subprocess.run([sys.executable, "-c", FIRST, *known], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not done.stdout, done.stdout + done.stderr
    assert len(known) > 10
