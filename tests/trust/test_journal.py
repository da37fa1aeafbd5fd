"""Every form of the panel that changes something writes exactly one line of the journal, by its use case itself."""

import ast
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from db.audit import services as audit
from db.audit.models import AuditEntry
from db.clock import FrozenClock
from db.database import Database
from tests.trust.matrix import MATRIX
from tests.trust.planted import rows_of
from tests.trust.test_scope_matrix import LOOKING, Region, region, rules

__all__ = ["region"]

ROOT = Path(__file__).resolve().parents[2]
A_LINE_EACH = frozenset({"applications.assign", "motions.take_up", "motions.decide", "motions.plan"})
"""Forms about several objects at once: the journal is asked by object, so each has its own line."""
OWN_ACCOUNT = frozenset({"auth.login", "auth.logout", "auth.logout_everywhere", "auth.link"})
"""Signing in and out is told by sessions."""


def lines(session: Session) -> int:
    return session.scalars(select(func.count()).select_from(AuditEntry)).one()


def rows(region: Region) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    return region.database.read(rows_of, without=LOOKING)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_form_that_changes_something_writes_one_line(region: Region) -> None:
    visitor = region.enter("admin")
    wrong: list[str] = []
    told = 0
    for rule in sorted(rules(region.app), key=lambda rule: rule.endpoint):
        row = MATRIX[rule.endpoint]
        if "POST" not in (rule.methods or set()) or rule.endpoint in OWN_ACCOUNT:
            continue
        for url in row.urls(region.own):
            before, count = rows(region), region.database.read(lines)
            assert visitor.post(url, row.form(region.own)).status_code < 500, url
            written = region.database.read(lines) - count
            has_changed = rows(region) != before
            told += bool(written)
            if has_changed and (written < 1 or (written > 1 and rule.endpoint not in A_LINE_EACH)):
                wrong.append(f"{url}: changed something and wrote {written} lines")
    assert not wrong, "\n".join(wrong)
    assert told >= 20, "most forms must have done something, or the test proves nothing"


def test_only_use_cases_write_the_journal() -> None:
    wrong = []
    for path in sorted((ROOT / "admin").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Audit":
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not wrong


def test_nothing_in_the_journal_can_be_changed_or_taken_out(database: Database, clock: FrozenClock) -> None:
    """It was append-only by good manners: any code, and whoever had the database, could write it anew."""
    database.write(
        audit.record_as, actor="system", action="people.view", object_type="person", object_id=1, now=clock.now()
    )
    for statement in (update(AuditEntry).values(actor="nobody"), delete(AuditEntry)):
        with pytest.raises(DatabaseError) as refused:
            database.write(lambda session, statement=statement: session.execute(statement))
        assert "the journal is never changed" in str(refused.value)
    assert database.read(lambda session: session.scalars(select(AuditEntry.actor)).all()).count("system") >= 1
