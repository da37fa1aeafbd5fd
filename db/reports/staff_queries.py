"""Reads what batches of people's private facts come to: every page and file sums these and counts nobody anew."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.reports.models import FactBatch, PrivateFact


@dataclass(frozen=True, slots=True)
class FactSum:
    """How many facts some whole batches hold, and their sums by name."""

    count: int
    sums: Mapping[str, int]


def facts_told(
    session: Session,
    caller: StaffCaller,
    *,
    fact: PrivateFact,
    municipality_id: int | None = None,
    starts: datetime | None = None,
    ends: datetime | None = None,
) -> FactSum:
    """Sums the batches within reach, or of one municipality there, that were closed from a moment until another one."""
    where = [FactBatch.fact == fact, caller.scope.limits(FactBatch)]
    if municipality_id is not None:
        where.append(FactBatch.municipality_id == municipality_id)
    if starts is not None:
        where.append(FactBatch.upto >= starts)
    if ends is not None:
        where.append(FactBatch.upto < ends)
    count, sums = 0, Counter[str]()
    for many, kept in session.execute(select(FactBatch.count, FactBatch.sums).where(*where)):
        count += many
        sums.update(kept)
    return FactSum(count, sums)


def diagnosed_told(session: Session, caller: StaffCaller) -> Mapping[tuple[str, int | None], int]:
    """Counts those within reach who have finished a self-diagnosis, by the code of their position and municipality."""
    found: dict[tuple[str, int | None], int] = defaultdict(int)
    rows = select(FactBatch.key, FactBatch.municipality_id, FactBatch.count).where(
        FactBatch.fact == PrivateFact.DIAGNOSED, caller.scope.limits(FactBatch)
    )
    for key, place, many in session.execute(rows):
        found[key, place] += many
    return found


SEEN_FOR = timedelta(days=366)
"""How long a difficulty that was seen says what is needed."""


def difficulties_told(session: Session, caller: StaffCaller) -> Mapping[int | None, Mapping[str, int]]:
    """Counts the difficulties of a year within reach by municipality and component; small ones together have none."""
    found: dict[int | None, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    rows = select(FactBatch.municipality_id, FactBatch.key, FactBatch.count).where(
        FactBatch.fact == PrivateFact.DIFFICULTY,
        FactBatch.count > 0,
        FactBatch.upto >= caller.now - SEEN_FOR,
        caller.scope.limits(FactBatch),
    )
    for place, component, many in session.execute(rows):
        found[place][component] += many
    return found


def lines_told(session: Session, *, line_ids: Collection[int]) -> Mapping[tuple[PrivateFact, int], FactSum]:
    """Sums the batches of lines of groups' routes, by the fact and the line."""
    counts, sums = Counter[tuple[PrivateFact, int]](), defaultdict[tuple[PrivateFact, int], Counter[str]](Counter)
    rows = select(FactBatch.fact, FactBatch.of_id, FactBatch.count, FactBatch.sums).where(
        FactBatch.fact.in_([PrivateFact.LINE_ANSWERED, PrivateFact.LINE_DONE]), FactBatch.of_id.in_(line_ids)
    )
    for fact, line_id, many, kept in session.execute(rows):
        counts[fact, line_id] += many
        sums[fact, line_id].update(kept)
    return {key: FactSum(many, sums[key]) for key, many in counts.items()}
