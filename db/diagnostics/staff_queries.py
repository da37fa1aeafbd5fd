"""What the panel reads of diagnostics: instruments, and the results that teachers opened to methodists."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, cast, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.caller import StaffCaller
from db.diagnostics import queries
from db.diagnostics.content import Questionnaire
from db.diagnostics.models import (
    Attempt,
    AttemptStatus,
    Instrument,
    InstrumentKind,
    InstrumentVersion,
    ItemStep,
    ScoreTally,
    VersionStatus,
)
from db.diagnostics.queries import Result
from db.dictionaries.models import Municipality
from db.dictionaries.rules import LEAST_GROUP
from db.errors import NotFoundError
from db.people.models import Person
from db.scope import Scope


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in the list; `completed` counts the region's closed attempts by fives: at least so many."""

    id: int
    title: str
    key: str
    version: int
    status: VersionStatus
    published_at: datetime | None
    completed: int


@dataclass(frozen=True, slots=True)
class VersionView:
    """A version with its whole content."""

    row: VersionRow
    content: Questionnaire


@dataclass(frozen=True, slots=True)
class OpenedRow:
    """A result that a teacher opened: whose and of which day. Its numbers are on its own page."""

    attempt_id: int
    person_id: int
    full_name: str | None
    municipality: str | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenedResult:
    """One opened result with whose it is."""

    person_id: int
    full_name: str | None
    municipality_id: int | None
    municipality: str | None
    result: Result


@dataclass(frozen=True, slots=True)
class StepRow:
    """An item's step as people read it now, and the pack's; `changed_at` is set where staff wrote it."""

    item: str
    short: str
    question: str
    component: str
    title: str
    step: str
    pack: str
    changed_at: datetime | None


def steps(session: Session, *, instrument: str) -> list[StepRow]:
    """Lists every item of the published version with its step. Raises NotFoundError where there is none."""
    version_id = queries.published_version(session, key=instrument)
    if version_id is None:
        raise NotFoundError
    own = {
        row.item: row
        for row in session.scalars(
            select(ItemStep)
            .join(Instrument, Instrument.id == ItemStep.instrument_id)
            .where(Instrument.key == instrument)
        )
    }
    found = []
    for component in queries.questionnaire(session, version_id=version_id).components:
        for item in component.items:
            mine = own.get(item.code)
            step, changed = (mine.text, mine.changed_at) if mine else (item.step, None)
            about = (item.code, item.short, item.text, component.code, component.title)
            found.append(StepRow(*about, step, item.step, changed))
    return found


def versions(session: Session) -> list[VersionRow]:
    """Lists every version of every questionnaire, the newest first."""
    counted = (
        select(Attempt.version_id, func.count().label("completed"))
        .where(Attempt.status == AttemptStatus.COMPLETED)
        .group_by(Attempt.version_id)
        .subquery()
    )
    rows = session.execute(
        select(
            InstrumentVersion.id,
            Instrument.title,
            Instrument.key,
            InstrumentVersion.version,
            InstrumentVersion.status,
            InstrumentVersion.published_at,
            func.coalesce(counted.c.completed, 0),
        )
        .join(Instrument, Instrument.id == InstrumentVersion.instrument_id)
        .outerjoin(counted, counted.c.version_id == InstrumentVersion.id)
        .where(Instrument.kind == InstrumentKind.DIAGNOSIS)
        .order_by(Instrument.key, InstrumentVersion.version.desc())
    )
    found = (VersionRow(*row) for row in rows)
    return [replace(row, completed=row.completed - row.completed % LEAST_GROUP) for row in found]


def version(session: Session, *, version_id: int) -> VersionView:
    """Returns one version. Raises NotFoundError."""
    row = next((row for row in versions(session) if row.id == version_id), None)
    if row is None:
        raise NotFoundError
    return VersionView(row, queries.questionnaire(session, version_id=version_id))


def opened_count(session: Session, caller: StaffCaller, *, municipality_id: int | None = None) -> int:
    """Counts the opened results that the account may read."""
    statement = select(func.count()).select_from(Attempt).join(Person, Person.id == Attempt.person_id)
    return session.scalars(statement.where(*_opened(caller.scope, municipality_id))).one()


def opened(
    session: Session,
    caller: StaffCaller,
    *,
    municipality_id: int | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[OpenedRow]:
    """Lists opened results, the newest first."""
    rows = session.execute(
        select(Attempt.id, Person.id, Person.full_name, Municipality.name, Attempt.completed_at)
        .join(Person, Person.id == Attempt.person_id)
        .outerjoin(Municipality, Municipality.id == Person.municipality_id)
        .where(*_opened(caller.scope, municipality_id))
        .order_by(Attempt.completed_at.desc(), Attempt.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [OpenedRow(*row) for row in rows]


def opened_result(session: Session, caller: StaffCaller, *, attempt_id: int) -> OpenedResult:
    """Returns one opened result; raises NotFoundError for a closed one and for another municipality's.

    Whoever moved away is seen by the new municipality's methodists, and by the former ones no more.
    """
    row = session.execute(
        select(Person.id, Person.full_name, Person.municipality_id, Municipality.name)
        .join(Attempt, Attempt.person_id == Person.id)
        .outerjoin(Municipality, Municipality.id == Person.municipality_id)
        .where(Attempt.id == attempt_id, *_opened(caller.scope, None))
    ).first()
    if row is None:
        raise NotFoundError
    result = queries.result_of(session, caller, person_id=row[0], attempt_id=attempt_id, seen_by="methodist")
    return OpenedResult(*row, result=result)


def opened_priorities(session: Session, caller: StaffCaller, *, person_id: int) -> tuple[str, ...]:
    """Returns the components to help somebody with first, by the last result that they opened to methodists."""
    attempt_id = session.scalar(
        select(Attempt.id)
        .join(Person, Person.id == Attempt.person_id)
        .where(Attempt.person_id == person_id, *_opened(caller.scope, None))
        .order_by(Attempt.completed_at.desc(), Attempt.id.desc())
        .limit(1)
    )
    if attempt_id is None:
        return ()
    result = queries.result_of(session, caller, person_id=person_id, attempt_id=attempt_id, seen_by="methodist")
    return tuple(line.component.code for line in result.priorities)


def _opened(scope: Scope, municipality_id: int | None) -> list[ColumnElement[bool]]:
    if not scope.reads_results:
        raise NotFoundError
    conditions: list[ColumnElement[bool]] = [
        Attempt.shared_with_methodist.is_(True),
        Attempt.disclosed.is_(True),
        Attempt.completed_at.is_not(None),
        Person.erased_at.is_(None),
        scope.limits(Person),
    ]
    if municipality_id is not None:
        conditions.append(Person.municipality_id == municipality_id)
    return conditions


def points(session: Session, *keys: InstrumentedAttribute[Any], where: Sequence[ColumnElement[bool]]) -> Iterable[Any]:
    """Sums up in the database what published sums have by hard item, or by option of a survey.

    Returns rows of the keys, the code and the count: of thousands of organisations as many as there are codes.
    """
    sqlite = session.get_bind().dialect.name == "sqlite"
    each = (func.json_each if sqlite else func.json_each_text)(ScoreTally.points)
    one = each.table_valued("key", "value")
    found = select(*keys, one.c.key.label("code"), func.sum(cast(one.c.value, Integer)).label("count"))
    found = found.select_from(ScoreTally).join(one, true())
    return session.execute(found.where(*where).group_by(*keys, one.c.key))
