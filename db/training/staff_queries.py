"""Reads the register of training for the panel, and what it comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session, joinedload

from db.caller import StaffCaller
from db.dictionaries.models import Municipality
from db.errors import NotFoundError
from db.people.models import Person
from db.scope import Scope
from db.search import matches
from db.training.models import TrainingRecord, TrainingStatus
from db.training.rules import YEARS, YOUNG, years_before

SHOWN = (TrainingStatus.SENT, TrainingStatus.CONFIRMED, TrainingStatus.RETURNED)


@dataclass(frozen=True, slots=True)
class TrainingFilter:
    """Which records are wanted. `young` had worked less than three years then; `since` is a document's day."""

    status: TrainingStatus | None = None
    young: bool = False
    of_project: bool = False
    since: date | None = None
    municipality_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class TrainingPage:
    """A page of the register: `total` records of `people`."""

    rows: Sequence[TrainingRecord]
    total: int
    people: int


@dataclass(frozen=True, slots=True)
class TrainingFigures:
    """What confirmed records since a day come to, of one municipality or of all: people, each counted once."""

    municipality_id: int | None
    name: str
    people: int
    trained: int
    young: int
    of_project: int

    @property
    def share(self) -> float | None:
        """The part of people who were trained; none where there is nobody."""
        return self.trained / self.people if self.people else None

    @property
    def project_share(self) -> float | None:
        """The part of people who were trained on the project's subject."""
        return self.of_project / self.people if self.people else None


@dataclass(frozen=True, slots=True)
class TrainingReport:
    """The figures by municipality and together, since a day."""

    since: date
    rows: Sequence[TrainingFigures]
    total: TrainingFigures


def waiting(session: Session, caller: StaffCaller) -> int:
    """Counts the records within reach that wait for a methodist to check their paper."""
    found = select(func.count()).select_from(TrainingRecord).join(Person, Person.id == TrainingRecord.person_id)
    return session.scalar(found.where(_reach(caller.scope), TrainingRecord.status == TrainingStatus.SENT)) or 0


def register(
    session: Session, caller: StaffCaller, *, wanted: TrainingFilter, limit: int | None = None, offset: int = 0
) -> TrainingPage:
    """Finds the records within reach that are wanted: those that wait first, then the newest documents."""
    found = _found(caller.scope, wanted)
    total, people = session.execute(
        select(func.count(), func.count(func.distinct(TrainingRecord.person_id)))
        .select_from(TrainingRecord)
        .join(Person, Person.id == TrainingRecord.person_id)
        .where(found)
    ).one()
    waits = case((TrainingRecord.status == TrainingStatus.SENT, 0), else_=1)
    rows = session.scalars(
        _whole(found)
        .order_by(waits, TrainingRecord.issued_on.desc(), TrainingRecord.id.desc())
        .limit(limit)
        .offset(offset)
    ).all()
    return TrainingPage(rows, total, people)


def record(session: Session, caller: StaffCaller, *, record_id: int) -> TrainingRecord:
    """Returns one record. Raises NotFoundError for a draft and for one out of reach."""
    row: TrainingRecord | None = session.scalar(_whole(and_(TrainingRecord.id == record_id, _reach(caller.scope))))
    if row is None:
        raise NotFoundError
    return row


def report(session: Session, caller: StaffCaller, *, since: date | None = None) -> TrainingReport:
    """Counts who was trained since a day, three years ago failing that, by municipality within reach."""
    today = caller.now.astimezone(caller.zone).date()
    begins = since or years_before(today, YEARS)
    everybody = dict(
        session.execute(
            select(Person.municipality_id, func.count())
            .where(caller.scope.limits(Person), Person.erased_at.is_(None), Person.profile_saved_at.is_not(None))
            .group_by(Person.municipality_id)
        ).all()
    )
    counted = TrainingRecord.status == TrainingStatus.CONFIRMED, TrainingRecord.issued_on >= begins
    rows = session.execute(
        select(
            Person.municipality_id,
            func.count(func.distinct(TrainingRecord.person_id)),
            func.count(func.distinct(case((TrainingRecord.experience < YOUNG, TrainingRecord.person_id)))),
            func.count(func.distinct(case((TrainingRecord.of_project.is_(True), TrainingRecord.person_id)))),
        )
        .select_from(TrainingRecord)
        .join(Person, Person.id == TrainingRecord.person_id)
        .where(_reach(caller.scope), *counted)
        .group_by(Person.municipality_id)
    ).all()
    trained = {row[0]: (row[1], row[2], row[3]) for row in rows}
    names = {row.id: row.name for row in session.execute(select(Municipality.id, Municipality.name))}
    lines = [
        TrainingFigures(place, names.get(place or 0, ""), everybody.get(place, 0), *trained.get(place, (0, 0, 0)))
        for place in everybody.keys() | trained.keys()
    ]
    lines.sort(key=lambda one: (one.name == "", one.name))
    total = TrainingFigures(
        None,
        "",
        sum(one.people for one in lines),
        sum(one.trained for one in lines),
        sum(one.young for one in lines),
        sum(one.of_project for one in lines),
    )
    return TrainingReport(begins, lines, total)


def _reach(scope: Scope) -> ColumnElement[bool]:
    return and_(scope.limits(Person), Person.erased_at.is_(None), TrainingRecord.status.in_(SHOWN))


def _whole(found: ColumnElement[bool]) -> Select[Any]:
    return (
        select(TrainingRecord)
        .join(Person, Person.id == TrainingRecord.person_id)
        .options(
            joinedload(TrainingRecord.person).joinedload(Person.municipality),
            joinedload(TrainingRecord.person).joinedload(Person.organisation),
            joinedload(TrainingRecord.scan),
        )
        .where(found)
    )


def _found(scope: Scope, wanted: TrainingFilter) -> ColumnElement[bool]:
    columns = (TrainingRecord.title, TrainingRecord.organisation, *((Person.full_name,) if scope.sees_names else ()))
    return and_(
        _reach(scope),
        *([TrainingRecord.status == wanted.status] if wanted.status else []),
        *([TrainingRecord.experience < YOUNG] if wanted.young else []),
        *([TrainingRecord.of_project.is_(True)] if wanted.of_project else []),
        *([TrainingRecord.issued_on >= wanted.since] if wanted.since else []),
        *([Person.municipality_id == wanted.municipality_id] if wanted.municipality_id else []),
        matches(wanted.text, *columns),
    )
