"""Reads what indicators of people say of the very person who asks: nobody else is told it but as a group.

A figure of the monitoring counts the same things of everybody, by whole batches of five and more
(docs/decisions/0018-private-facts-in-batches.md). Of oneself one reads one's own rows, as they are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, literal, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from db.caller import PersonCaller
from db.clock import midnight
from db.diagnostics.models import Attempt, AttemptStatus, Instrument, InstrumentKind
from db.errors import NotFoundError
from db.indicators.models import Formula, Indicator, IndicatorLevel, IndicatorPeriod
from db.practices.models import Practice, PracticeAuthor, PracticeStatus
from db.routes.models import Route, RouteItem


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One thing of one's own that is counted; what has no title of its own is told by its day."""

    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OwnFigure:
    """How many one has of one formula in the period, and the newest of them."""

    formula: Formula
    count: int
    last: OwnRow | None


@dataclass(frozen=True, slots=True)
class OwnIndicator:
    """An indicator of people with one's own figures; none where nothing is stored that would show it of one person.

    `expired`: the act that it stands on is in force no more.
    """

    indicator: Indicator
    figures: Sequence[OwnFigure]
    expired: bool


@dataclass(frozen=True, slots=True)
class OwnBoard:
    """One's own indicators in a period, with the periods beside it: the earlier and the later one, by their ids."""

    period: IndicatorPeriod
    earlier_id: int | None
    later_id: int | None
    lines: Sequence[OwnIndicator]


def own(session: Session, caller: PersonCaller, *, period_id: int | None = None) -> OwnBoard | None:
    """Returns the asker's own indicators of a period, else of the last that has begun; nothing where there are none.

    Raises NotFoundError for a period that there is not, or that has not begun.
    """
    today = caller.now.astimezone(caller.zone).date()
    rows = session.scalars(
        select(Indicator)
        .where(Indicator.active, Indicator.level == IndicatorLevel.PERSON)
        .options(joinedload(Indicator.document), selectinload(Indicator.measures))
        .order_by(Indicator.set_id.is_(None), Indicator.set_id, Indicator.position, Indicator.id)
    ).all()
    known = session.scalars(
        select(IndicatorPeriod)
        .where(IndicatorPeriod.starts <= today)
        .order_by(IndicatorPeriod.starts, IndicatorPeriod.ends, IndicatorPeriod.id)
    ).all()
    if not rows or not known:
        return None
    place = next((number for number, one in enumerate(known) if one.id == period_id), len(known) - 1)
    period = known[place]
    if period_id not in (None, period.id):
        raise NotFoundError
    figures = {formula: _figure(session, caller, formula, period) for formula in _formulas(rows)}
    return OwnBoard(
        period,
        known[place - 1].id if place else None,
        known[place + 1].id if place + 1 < len(known) else None,
        [
            OwnIndicator(one, [figures[formula] for formula in _formulas([one])], _is_over(one.valid_until, today))
            for one in rows
        ],
    )


def _formulas(rows: Sequence[Indicator]) -> list[Formula]:
    found = [one.formula for row in rows for one in row.measures if one.formula in OWN]
    return [one for one in dict.fromkeys(found) if one is not None]


def _is_over(day: date | None, today: date) -> bool:
    return day is not None and day < today


def _figure(session: Session, caller: PersonCaller, formula: Formula, period: IndicatorPeriod) -> OwnFigure:
    query = OWN[formula](caller.person_id).subquery()
    begins, over = midnight(period.starts, caller.zone), midnight(period.ends + timedelta(days=1), caller.zone)
    newest = (
        select(query.c.title, query.c.at, func.count().over().label("many"))
        .where(query.c.at >= begins, query.c.at < over)
        .order_by(query.c.at.desc(), query.c.id.desc())
        .limit(1)
    )
    row = session.execute(newest).one_or_none()
    return OwnFigure(formula, row.many, OwnRow(row.title, row.at)) if row else OwnFigure(formula, 0, None)


def _routes(person_id: int) -> Select[Any]:
    return _rows(Route.id, "", Route.started_at).where(Route.person_id == person_id)


def _reflections(person_id: int) -> Select[Any]:
    said = _rows(RouteItem.id, RouteItem.text, RouteItem.reflected_at).join(Route, Route.id == RouteItem.route_id)
    return said.where(Route.person_id == person_id)


def _practices(person_id: int) -> Select[Any]:
    beside = exists().where(PracticeAuthor.practice_id == Practice.id, PracticeAuthor.person_id == person_id)
    return _rows(Practice.id, Practice.title, Practice.decided_at).where(
        Practice.status.in_([PracticeStatus.PUBLISHED, PracticeStatus.SUNK]),
        or_(Practice.proposer_id == person_id, beside),
    )


def _diagnosed(person_id: int) -> Select[Any]:
    mine = Attempt.person_id == person_id, Attempt.status == AttemptStatus.COMPLETED
    return (
        _rows(Attempt.id, Instrument.title, Attempt.completed_at)
        .join(Instrument, Instrument.id == Attempt.instrument_id)
        .where(*mine, Instrument.kind == InstrumentKind.DIAGNOSIS)
    )


def _rows(number: Any, title: Any, moment: Any) -> Select[Any]:
    named = literal(title) if isinstance(title, str) else title
    return select(number.label("id"), named.label("title"), moment.label("at"))


OWN: Mapping[Formula, Callable[[int], Select[Any]]] = {
    Formula.ROUTES: _routes,
    Formula.REFLECTIONS: _reflections,
    Formula.PRACTICES: _practices,
    Formula.DIAGNOSED: _diagnosed,
}
"""What may be told somebody of themselves, by what the figure counts of everybody."""
