"""A person's re-tests of single components: as a file, and their end."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.diagnostics.content import DECLINED
from db.diagnostics.models import Attempt
from db.retests import queries
from db.retests.models import Retest, RetestAnswer
from db.retests.rules import THEN

PLACE = 21


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many re-tests."""
    return {"retests": select(func.count()).select_from(Retest).join(Attempt).where(Attempt.person_id == person_id)}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Every re-test with its answers in words."""
    rows = session.scalars(select(Retest).join(Attempt).where(Attempt.person_id == person_id).order_by(Retest.id)).all()
    ids = [row.id for row in rows]
    given = session.scalars(select(RetestAnswer).where(RetestAnswer.retest_id.in_(ids))).all()
    return {"retests": [_retest(session, row, [one for one in given if one.retest_id == row.id]) for row in rows]}


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Nothing goes on by itself."""
    return {}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Deletes re-tests and their answers."""
    ids = select(Retest.id).join(Attempt).where(Attempt.person_id == person_id)
    session.execute(delete(RetestAnswer).where(RetestAnswer.retest_id.in_(ids)))
    gone = session.scalars(delete(Retest).where(Retest.id.in_(ids)).returning(Retest.id)).all()
    return {"retests": len(gone)}


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves nothing: a re-test goes with its result."""


def _retest(session: Session, row: Retest, given: Sequence[RetestAnswer]) -> dict[str, Any]:
    content, _ = queries.sheet_of(session, row)
    items = {item.code: item for item in content.items}
    titles = [component.title for component in content.components]
    return {
        "component": titles[0],
        "status": row.status.value,
        "started_at": row.started_at,
        "completed_at": row.completed_at,
        "answers": [
            {
                "question": items[one.item].text,
                "about_then": one.item == THEN,
                "value": one.value,
                "words": _said(items[one.item].options, one.value, content.declined),
                "answered_at": one.answered_at,
            }
            for one in sorted(given, key=lambda one: content.place(one.item))
        ],
    }


def _said(options: Sequence[str], value: int | None, declined: str) -> str | None:
    if value is None:
        return None
    return declined if value == DECLINED else options[value]
