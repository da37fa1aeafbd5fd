"""Reads expert work for the panel, and how unevenly it falls on organisations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session, joinedload

from db.caller import StaffCaller
from db.dictionaries.models import Municipality, Organisation
from db.errors import NotFoundError
from db.expertise.models import ExpertKind, ExpertStatus, ExpertWork
from db.expertise.queries import whole
from db.expertise.rules import shares
from db.people.models import Person
from db.scope import Scope
from db.search import matches


@dataclass(frozen=True, slots=True)
class ExpertFilter:
    """Which work is wanted; `since` is the last day's."""

    status: ExpertStatus | None = None
    kind_id: int | None = None
    since: date | None = None
    municipality_id: int | None = None
    organisation_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class ExpertPage:
    """A page of expert work: `total` of `people`."""

    rows: Sequence[ExpertWork]
    total: int
    people: int


@dataclass(frozen=True, slots=True)
class ExpertShare:
    """What experts of one organisation did: `share` is its part of all, in whole per cent that make a hundred."""

    organisation_id: int | None
    name: str
    municipality: str
    works: int
    people: int
    hours: int
    share: int


@dataclass(frozen=True, slots=True)
class Unevenness:
    """The report: organisations within reach by what their experts did, those with nothing too."""

    rows: Sequence[ExpertShare]
    works: int
    people: int
    hours: int
    kinds: Sequence[tuple[str, int]]

    @property
    def idle(self) -> int:
        """How many organisations nobody did anything from."""
        return sum(not one.works for one in self.rows)


def kinds(session: Session, caller: StaffCaller) -> Sequence[ExpertKind]:
    """Lists the kinds in the document's order."""
    return session.scalars(select(ExpertKind).order_by(ExpertKind.position, ExpertKind.id)).all()


def register(
    session: Session, caller: StaffCaller, *, wanted: ExpertFilter, limit: int | None = None, offset: int = 0
) -> ExpertPage:
    """Finds the work within reach that is wanted: what waits for an answer first, then the newest."""
    found = _found(caller.scope, wanted)
    total, people = session.execute(
        select(func.count(), func.count(func.distinct(ExpertWork.person_id)))
        .select_from(ExpertWork)
        .join(Person, Person.id == ExpertWork.person_id)
        .where(found)
    ).one()
    waits = case((ExpertWork.status == ExpertStatus.INVITED, 0), else_=1)
    rows = session.scalars(
        _whole(found).order_by(waits, ExpertWork.starts_on.desc(), ExpertWork.id.desc()).limit(limit).offset(offset)
    ).all()
    return ExpertPage(rows, total, people)


def work(session: Session, caller: StaffCaller, *, work_id: int) -> ExpertWork:
    """Returns one piece of work. Raises NotFoundError."""
    row: ExpertWork | None = session.scalar(_whole(and_(ExpertWork.id == work_id, _reach(caller.scope))))
    if row is None:
        raise NotFoundError
    return row


def unevenness(session: Session, caller: StaffCaller, *, since: date | None = None) -> Unevenness:
    """Counts done work by the organisation of its experts, since a day."""
    done = [ExpertWork.status == ExpertStatus.DONE, _reach(caller.scope)]
    if since is not None:
        done.append(ExpertWork.ends_on >= since)
    counted = session.execute(
        select(
            Person.organisation_id,
            func.count(),
            func.count(func.distinct(ExpertWork.person_id)),
            func.coalesce(func.sum(ExpertWork.hours), 0),
        )
        .select_from(ExpertWork)
        .join(Person, Person.id == ExpertWork.person_id)
        .where(*done)
        .group_by(Person.organisation_id)
    ).all()
    of = {row[0]: (row[1], row[2], int(row[3] or 0)) for row in counted}
    places = session.execute(
        select(Organisation.id, Organisation.name, Municipality.name)
        .join(Municipality, Municipality.id == Organisation.municipality_id)
        .where(caller.scope.limits(Organisation), Organisation.confirmed, ~Municipality.outside)
    ).all()
    lines: list[Any] = [(number, name, town, *of.pop(number, (0, 0, 0))) for number, name, town in places]
    # What is left is of people without a place of work, or at one that a teacher typed.
    rest = of.values()
    if rest:
        lines.append((None, "", "", *(sum(one[place] for one in rest) for place in range(3))))
    lines.sort(key=lambda one: (-one[3], one[0] is None, one[2], one[1]))
    parts = shares([one[3] for one in lines])
    by_kind = session.execute(
        select(ExpertKind.name, func.count())
        .join_from(ExpertWork, ExpertKind, ExpertKind.id == ExpertWork.kind_id)
        .join(Person, Person.id == ExpertWork.person_id)
        .where(*done)
        .group_by(ExpertKind.id)
        .order_by(ExpertKind.position)
    ).all()
    return Unevenness(
        [ExpertShare(*line) for line in ((*one, part) for one, part in zip(lines, parts, strict=True))],
        sum(one[3] for one in lines),
        sum(one[4] for one in lines),
        sum(one[5] for one in lines),
        [(name, number) for name, number in by_kind],
    )


def _reach(scope: Scope) -> ColumnElement[bool]:
    return and_(scope.limits(Person), Person.erased_at.is_(None))


def _whole(found: ColumnElement[bool]) -> Select[Any]:
    return (
        whole()
        .join(Person, Person.id == ExpertWork.person_id)
        .options(
            joinedload(ExpertWork.person).joinedload(Person.municipality),
            joinedload(ExpertWork.person).joinedload(Person.organisation),
        )
        .where(found)
    )


def _found(scope: Scope, wanted: ExpertFilter) -> ColumnElement[bool]:
    columns = (ExpertWork.title, *((Person.full_name,) if scope.sees_names else ()))
    return and_(
        _reach(scope),
        *([ExpertWork.status == wanted.status] if wanted.status else []),
        *([ExpertWork.kind_id == wanted.kind_id] if wanted.kind_id else []),
        *([ExpertWork.ends_on >= wanted.since] if wanted.since else []),
        *([Person.municipality_id == wanted.municipality_id] if wanted.municipality_id else []),
        *([Person.organisation_id == wanted.organisation_id] if wanted.organisation_id else []),
        matches(wanted.text, *columns),
    )
