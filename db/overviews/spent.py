"""What of people's time the service took, by the moments that are stored anyway, and what it did not ask.

Only what was done at one sitting is measured: nobody knows what somebody did between two days. Sums are told of LEAST
and more, and counts in fives, so that nothing is told of one person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.applications.models import Application
from db.caller import StaffCaller
from db.diagnostics.models import Attempt, AttemptStatus
from db.diary.models import DiaryLine
from db.events.models import Certificate, Registration
from db.people.models import Person
from db.reports.rules import down_to_fives

SITTING = timedelta(minutes=60)
"""What took longer from the first tap to the last was laid aside in between."""
LEAST = 30
"""A mean of so many in whole minutes tells nothing of one of them."""
MINUTE, HOUR = 60, 3600


@dataclass(frozen=True, slots=True)
class Journey:
    """One way that people go: how many went it, in fives, and how many of them at one sitting.

    `minutes` is the mean of those, `hours` their sum, whole; none where they are too few.
    """

    code: str
    people: int
    sittings: int
    minutes: int | None
    hours: int | None


@dataclass(frozen=True, slots=True)
class Unasked:
    """What was filled in by itself: how often, in fives."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Spent:
    """Journeys with their time, and what nobody was asked."""

    journeys: Sequence[Journey]
    unasked: Sequence[Unasked]


def hours(session: Session, caller: StaffCaller) -> int:
    """Returns how many hours of the people within reach are told."""
    return sum(one.hours or 0 for one in _journeys(session, caller))


def spent(session: Session, caller: StaffCaller) -> Spent:
    """Returns what the people within reach spent, and what they were not asked."""
    own = select(Person.id).where(caller.scope.limits(Person))

    def theirs(person_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        return true() if caller.scope.is_regional else person_id.in_(own)

    unasked = {
        "registration": select(func.count()).select_from(Registration).where(theirs(Registration.person_id)),
        "diary": select(func.count()).where(DiaryLine.source.is_not(None), theirs(DiaryLine.person_id)),
        "certificate": select(func.count())
        .select_from(Certificate)
        .join(Registration, Registration.id == Certificate.registration_id)
        .where(theirs(Registration.person_id)),
    }
    return Spent(
        _journeys(session, caller),
        [Unasked(code, down_to_fives(session.scalar(query) or 0)) for code, query in unasked.items()],
    )


def _journeys(session: Session, caller: StaffCaller) -> list[Journey]:
    done, scope = Attempt.status == AttemptStatus.COMPLETED, caller.scope
    sent = Application.created_at, Application.submitted_at
    return [
        _journey(session, "diagnosis", Attempt.started_at, Attempt.completed_at, scope.limits(Attempt), done),
        _journey(session, "application", *sent, scope.limits(Application)),
    ]


def _journey(
    session: Session,
    code: str,
    began: InstrumentedAttribute[Any],
    ended: InstrumentedAttribute[Any],
    *where: ColumnElement[bool],
) -> Journey:
    seconds = _seconds(session, began, ended)
    whole = seconds <= SITTING.total_seconds()
    row = session.execute(
        select(
            func.count(),
            func.sum(case((whole, 1), else_=0)),
            func.sum(case((whole, seconds), else_=0)),
        ).where(ended.is_not(None), *where)
    ).one()
    people, sittings, took = int(row[0]), int(row[1] or 0), float(row[2] or 0)
    told = sittings >= LEAST
    return Journey(
        code,
        down_to_fives(people),
        down_to_fives(sittings),
        round(took / sittings / MINUTE) if told else None,
        round(took / HOUR) if told else None,
    )


def _seconds(session: Session, began: InstrumentedAttribute[Any], ended: InstrumentedAttribute[Any]) -> Any:
    if session.get_bind().dialect.name == "sqlite":
        return func.unixepoch(ended) - func.unixepoch(began)
    return func.extract("epoch", ended) - func.extract("epoch", began)
