"""Keeping the sums that reports of a whole region read: see `models.ScoreTally`."""

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db.diagnostics.models import ComponentScore, ScoreTally, TallyBy
from db.upsert import insert

HUNDREDTHS = 100
SUMS = ("people", "deficit", "need", "priority")


class Counted(NamedTuple):
    """One component's last result, as far as sums go."""

    municipality_id: int | None
    component: str
    position_id: int | None
    deficit: float | None
    need: int | None
    priority: float | None


COLUMNS = tuple(getattr(ComponentScore, name) for name in Counted._fields)
"""What to select, or to return from a change, for `count`."""


def count(session: Session, scores: Iterable[Counted], *, sign: int) -> None:
    """Adds last results to the sums (`sign` 1), or takes away those that are last no more (-1)."""
    _add(session, _folded((score, sign) for score in scores))


def counted(score: ComponentScore) -> Counted:
    """The same of a row."""
    return Counted(*(getattr(score, name) for name in Counted._fields))


def rebuild(session: Session) -> None:
    """Makes all sums anew from the scores: after rows were put in beside the use cases."""
    session.execute(delete(ScoreTally))
    _add(session, expected(session))


def expected(session: Session) -> dict[tuple[Any, ...], list[int]]:
    """What the sums must be, counted from the scores."""
    rows = session.execute(select(*COLUMNS, func.count()).where(ComponentScore.latest).group_by(*COLUMNS))
    return _folded((Counted(*row[:-1]), row[-1]) for row in rows)


def _folded(scores: Iterable[tuple[Counted, int]]) -> dict[tuple[Any, ...], list[int]]:
    sums: dict[tuple[Any, ...], list[int]] = {}
    for score, times in scores:
        if score.municipality_id is None or score.deficit is None:
            continue
        added = (
            times,
            times * round(score.deficit * HUNDREDTHS),
            # A wish that was not told counts as none, as in the priority.
            times * (score.need or 0),
            times * round((score.priority or 0) * HUNDREDTHS),
        )
        for by, key in ((TallyBy.POINTS, math.ceil(score.deficit)), (TallyBy.POSITION, score.position_id or 0)):
            place = (score.municipality_id, score.component, by, key)
            sums[place] = [one + more for one, more in zip(sums.get(place, (0,) * len(SUMS)), added, strict=True)]
    return sums


def _add(session: Session, sums: dict[tuple[Any, ...], list[int]]) -> None:
    if not sums:
        return
    statement = insert(session, ScoreTally)
    statement = statement.on_conflict_do_update(
        index_elements=["municipality_id", "component", "tally_by", "key"],
        set_={name: getattr(ScoreTally, name) + statement.excluded[name] for name in SUMS},
    )
    # In one order for everybody: two who finish at once wait for each other instead of getting stuck.
    rows = [
        {"municipality_id": place, "component": component, "by": by, "key": key, **dict(zip(SUMS, added, strict=True))}
        for (place, component, by, key), added in sorted(sums.items())
    ]
    session.execute(statement, rows)
