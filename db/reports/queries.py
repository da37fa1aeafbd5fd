"""Selects people's private facts as they wait to be told: whose, where, under which key, since when.

`db/reports/sweeps.py` puts them into batches; nothing else reads them for a report.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from db.applications.models import Application
from db.diagnostics.models import Attempt, AttemptStatus, ComponentScore, Instrument, InstrumentKind
from db.dictionaries.models import Term
from db.reports.models import PrivateFact
from db.requests.models import HelpRequest
from db.routes.models import Route, RouteItem

GRACE = timedelta(days=7)
"""How long a fact waits before it is counted: those who come at once with others are told with others."""
ANSWERED_FOR = timedelta(days=30)
"""How long after it was asked it is seen whether a request was answered."""
SITTING = timedelta(minutes=60)
"""What took longer from the first tap to the last was laid aside in between."""


def _diagnosed(session: Session) -> Select[*tuple[Any, ...]]:
    """First self-diagnoses, each of the place and the position that it was finished at: neither changes later."""
    kinds = select(Instrument.id).where(Instrument.kind == InstrumentKind.DIAGNOSIS)
    earlier = aliased(Attempt)
    done = Attempt.instrument_id.in_(kinds), Attempt.status == AttemptStatus.COMPLETED
    before = exists().where(
        earlier.person_id == Attempt.person_id,
        earlier.instrument_id.in_(kinds),
        earlier.status == AttemptStatus.COMPLETED,
        or_(
            earlier.completed_at < Attempt.completed_at,
            and_(earlier.completed_at == Attempt.completed_at, earlier.id < Attempt.id),
        ),
    )
    return (
        select(
            Attempt.person_id,
            ComponentScore.municipality_id,
            Term.code.label("key"),
            Attempt.completed_at.label("moment"),
        )
        .join(ComponentScore, ComponentScore.attempt_id == Attempt.id)
        .join(Term, Term.id == ComponentScore.position_id)
        .where(*done, ~before)
        .distinct()
    )


def _routes(session: Session) -> Select[*tuple[Any, ...]]:
    """First routes, each of the place where it was begun; a draft is none, and one that was broken off is one."""
    earlier = aliased(Route)
    before = exists().where(
        earlier.person_id == Route.person_id,
        or_(
            earlier.started_at < Route.started_at,
            and_(earlier.started_at == Route.started_at, earlier.id < Route.id),
        ),
    )
    facts = select(Route.person_id, Route.municipality_id, literal("").label("key"), Route.started_at.label("moment"))
    return facts.where(Route.started_at.is_not(None), ~before)


def _reflections(session: Session) -> Select[*tuple[Any, ...]]:
    """First words of how a step went, each of the place of its route: opening it again takes none of them back."""
    order = (RouteItem.reflected_at, RouteItem.id)
    said = (
        select(
            Route.person_id,
            Route.municipality_id,
            RouteItem.reflected_at.label("moment"),
            func.row_number().over(partition_by=Route.person_id, order_by=order).label("turn"),
        )
        .join(RouteItem, RouteItem.route_id == Route.id)
        .where(RouteItem.reflected_at.is_not(None))
        .subquery()
    )
    facts = select(said.c.person_id, said.c.municipality_id, literal("").label("key"), said.c.moment)
    return facts.where(said.c.turn == 1)


def _requests(session: Session) -> Select[*tuple[Any, ...]]:
    answered = case((HelpRequest.answered_at.is_not(None), 1), else_=0).label("answered")
    return select(
        HelpRequest.person_id,
        HelpRequest.municipality_id,
        literal("").label("key"),
        HelpRequest.asked_at.label("moment"),
        answered,
    ).where(HelpRequest.asked_at.is_not(None))


def _time(began: Any, ended: Any, *where: Any) -> Callable[[Session], Select[*tuple[Any, ...]]]:
    def facts(session: Session) -> Select[*tuple[Any, ...]]:
        seconds = _seconds(session, began, ended)
        whole, table = seconds <= SITTING.total_seconds(), began.class_
        return select(
            table.person_id,
            table.municipality_id,
            literal("").label("key"),
            ended.label("moment"),
            case((whole, 1), else_=0).label("sittings"),
            case((whole, seconds), else_=0).label("seconds"),
        ).where(ended.is_not(None), *where)

    return facts


def _seconds(session: Session, began: Any, ended: Any) -> Any:
    if session.get_bind().dialect.name == "sqlite":
        return func.unixepoch(ended) - func.unixepoch(began)
    return func.extract("epoch", ended) - func.extract("epoch", began)


SUMS = {
    PrivateFact.LINE_ANSWERED: ("taken", "declined"),
    PrivateFact.REQUEST: ("answered",),
    PrivateFact.DIAGNOSIS_TIME: ("sittings", "seconds"),
    PrivateFact.APPLICATION_TIME: ("sittings", "seconds"),
}
WAITING: dict[PrivateFact, tuple[Callable[[Session], Select[*tuple[Any, ...]]], timedelta]] = {
    PrivateFact.DIAGNOSED: (_diagnosed, GRACE),
    PrivateFact.ROUTE: (_routes, GRACE),
    PrivateFact.REFLECTION: (_reflections, GRACE),
    PrivateFact.REQUEST: (_requests, ANSWERED_FOR),
    PrivateFact.DIAGNOSIS_TIME: (
        _time(Attempt.started_at, Attempt.completed_at, Attempt.status == AttemptStatus.COMPLETED),
        GRACE,
    ),
    PrivateFact.APPLICATION_TIME: (_time(Application.created_at, Application.submitted_at), GRACE),
}
