"""Reads diaries for the panel: lines, and how many of each activity."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from operator import ge, lt
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, joinedload

from db.caller import StaffCaller
from db.diary.models import DiaryLine, DiaryMeaning, DiaryTally
from db.diary.queries import KINDS, DiaryActivity
from db.diary.rules import whole_years
from db.dictionaries.models import Municipality, Term
from db.people.models import Person
from db.scope import Scope
from db.search import matches

COUNTED = DiaryLine.dropped_at.is_(None)
FEW = 500
"""So few lines are found by whose they are: by day all lines would be read for those of a rare activity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiaryFilter:
    """Which lines are wanted: of whom, from a day to the day before another, of an activity, of a unit.

    `people` is a condition on Person that a later noun adds, such as those of a direction.
    """

    person_id: int | None = None
    since: date | None = None
    until: date | None = None
    activity_id: int | None = None
    municipality_id: int | None = None
    centre_id: int | None = None
    text: str = ""
    people: Sequence[ColumnElement[bool]] = ()


@dataclass(frozen=True, slots=True)
class DiaryPage:
    """A page of lines: `total` of them there are, so many of each activity."""

    rows: Sequence[DiaryLine]
    total: int
    sums: Sequence[DiaryActivity]


def activities(session: Session, caller: StaffCaller) -> Sequence[DiaryActivity]:
    """Lists what lines are of, in the document's order."""
    rows = session.scalars(select(Term).where(Term.kind.in_(KINDS)).order_by(Term.kind, Term.position, Term.id))
    return [DiaryActivity(one.id, one.kind, one.name, one.short) for one in rows]


def ours(session: Session, caller: StaffCaller) -> bool:
    """Whether what lines are of is an example of ours: no document of the region lists it."""
    return session.scalar(select(DiaryMeaning.id).where(DiaryMeaning.training).limit(1)) is not None


def lines(
    session: Session, caller: StaffCaller, *, wanted: DiaryFilter, limit: int | None = None, offset: int = 0
) -> DiaryPage:
    """Finds the lines within reach that are wanted, the newest first, and counts them by activity."""
    counted = counts(session, caller, wanted=wanted)
    of: dict[int, int] = defaultdict(int)
    for (_, activity_id), number in counted.items():
        of[activity_id] += number
    total = sum(of.values())
    few = [DiaryLine.person_id.in_({person_id for person_id, _ in counted})] if total <= FEW else []
    newest = DiaryLine.day.desc(), DiaryLine.id.desc()
    # By their numbers first: of all lines of a large town only a page's is joined with what is shown of it.
    found = select(DiaryLine.id).where(
        COUNTED, *few, *_days(wanted.since, wanted.until), *_of(wanted), *_people(caller.scope, wanted)
    )
    rows = session.scalars(
        select(DiaryLine)
        .where(DiaryLine.id.in_(found.order_by(*newest).limit(limit).offset(offset)))
        .options(
            joinedload(DiaryLine.activity),
            joinedload(DiaryLine.person).joinedload(Person.municipality),
            joinedload(DiaryLine.person).joinedload(Person.organisation),
        )
        .order_by(*newest)
    ).all()
    known = [DiaryActivity(one.id, one.kind, one.name, one.short, of[one.id]) for one in activities(session, caller)]
    return DiaryPage(rows, total, known)


def counts(session: Session, caller: StaffCaller, *, wanted: DiaryFilter) -> Mapping[tuple[int, int], int]:
    """Counts the lines within reach by person and activity: of whole school years by their tally, at the ends by line.

    A period that begins in the middle of a school year would otherwise read every line since.
    """
    whole = whole_years(wanted.since, wanted.until)
    found: dict[tuple[int, int], int] = defaultdict(int)
    for table, number, which in _spans(wanted, whole):
        rows = session.execute(
            select(table.person_id, table.activity_id, number)
            .where(*which, *_of(wanted, table), *_people(caller.scope, wanted, table))
            .group_by(table.person_id, table.activity_id)
            .having(number > 0)
        )
        for person_id, activity_id, lines_there in rows:
            found[person_id, activity_id] += lines_there
    return found


def by_activity(session: Session, caller: StaffCaller, *, wanted: DiaryFilter) -> Mapping[int, int]:
    """Counts the same by activity alone."""
    found: dict[int, int] = defaultdict(int)
    for table, number, which in _spans(wanted, whole_years(wanted.since, wanted.until)):
        rows = session.execute(
            select(table.activity_id, number)
            .where(*which, *_of(wanted, table), *_people(caller.scope, wanted, table))
            .group_by(table.activity_id)
            .having(number > 0)
        )
        for activity_id, lines_there in rows:
            found[activity_id] += lines_there
    return found


def _spans(
    wanted: DiaryFilter, whole: tuple[date, date] | None
) -> Iterator[tuple[Any, ColumnElement[int], list[ColumnElement[bool]]]]:
    """Yields what to count a period by: the tally of its whole school years and the lines around them."""
    if whole is None:
        yield DiaryLine, func.count(), [COUNTED, *_days(wanted.since, wanted.until)]
        return
    first, last = whole
    years = [DiaryTally.year >= first.year] if wanted.since is not None else []
    years += [DiaryTally.year < last.year] if wanted.until is not None else []
    yield DiaryTally, func.sum(DiaryTally.lines), years
    if wanted.since is not None and wanted.since < first:
        yield DiaryLine, func.count(), [COUNTED, *_days(wanted.since, first)]
    if wanted.until is not None and last < wanted.until:
        yield DiaryLine, func.count(), [COUNTED, *_days(last, wanted.until)]


def _days(since: date | None, until: date | None) -> list[ColumnElement[bool]]:
    return [compare(DiaryLine.day, day) for compare, day in ((ge, since), (lt, until)) if day is not None]


def _of(wanted: DiaryFilter, table: Any = DiaryLine) -> list[ColumnElement[bool]]:
    asked = [(table.person_id, wanted.person_id), (table.activity_id, wanted.activity_id)]
    return [column == value for column, value in asked if value is not None]


def _people(scope: Scope, wanted: DiaryFilter, table: Any = DiaryLine) -> list[ColumnElement[bool]]:
    """Whose lines: nothing where everybody's are wanted, so that no person is looked up for a line."""
    found: list[ColumnElement[bool]] = [*wanted.people]
    if not scope.is_regional:
        found.append(scope.limits(Person))
    if wanted.municipality_id is not None:
        found.append(Person.municipality_id == wanted.municipality_id)
    if wanted.centre_id is not None:
        served: Select[Any] = select(Municipality.id).where(Municipality.centre_id == wanted.centre_id)
        found.append(Person.municipality_id.in_(served))
    if wanted.text and scope.sees_names:
        found.append(matches(wanted.text, Person.full_name))
    return [table.person_id.in_(select(Person.id).where(and_(True, *found)))] if found else []
