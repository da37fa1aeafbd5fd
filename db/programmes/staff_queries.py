"""Reads programmes and runs for the panel's pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from db.caller import StaffCaller
from db.errors import NotFoundError
from db.events.models import Event, Registration, RegistrationStatus
from db.presence.models import EventSession, SessionMark
from db.programmes.models import Programme, ProgrammeLesson, ProgrammeModule, ProgrammePosition, ProgrammeRun

MOST_RUNS = 100


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """A programme and how many runs within reach it has."""

    programme: Programme
    runs: int


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run with its numbers: lessons planned, who waits, who was there to the end, who left after some lessons."""

    run: ProgrammeRun
    lessons: int
    waiting: int
    attended: int
    left: int


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A lesson of a run, and how many sat in it."""

    id: int
    module: str | None
    title: str
    starts_at: datetime
    ends_at: datetime
    hours: int | None
    place: str | None
    came: int


@dataclass(frozen=True, slots=True)
class RunPage:
    """A run's page. `left` are the hours of each module that no lesson has yet."""

    row: RunRow
    lessons: Sequence[LessonRow]
    left: Sequence[tuple[ProgrammeModule, int]]


def programmes(session: Session, caller: StaffCaller) -> list[ProgrammeRow]:
    """Lists all programmes as the document has them; those that are not offered any more come last."""
    counted = (
        select(ProgrammeRun.programme_id, func.count())
        .join(Event, Event.id == ProgrammeRun.event_id)
        .where(caller.scope.limits(Event))
    )
    runs = dict(session.execute(counted.group_by(ProgrammeRun.programme_id)).all())
    rows = session.scalars(
        select(Programme)
        .options(selectinload(Programme.modules))
        .order_by(Programme.active.desc(), Programme.position, Programme.id)
    )
    return [ProgrammeRow(row, runs.get(row.id, 0)) for row in rows]


def programme(session: Session, *, programme_id: int) -> Programme:
    """Returns one programme with its modules and positions. Raises NotFoundError."""
    whole = selectinload(Programme.modules), selectinload(Programme.positions).joinedload(ProgrammePosition.position)
    row = session.scalar(select(Programme).where(Programme.id == programme_id).options(*whole))
    if row is None:
        raise NotFoundError
    return row


def runs(
    session: Session, caller: StaffCaller, *, programme_id: int | None = None, site_id: int | None = None
) -> list[RunRow]:
    """Lists runs within reach, the latest first."""
    query = _runs().where(caller.scope.limits(Event))
    if programme_id is not None:
        query = query.where(ProgrammeRun.programme_id == programme_id)
    if site_id is not None:
        query = query.where(ProgrammeRun.site_id == site_id)
    rows = session.execute(query.order_by(Event.starts_at.desc(), Event.id).limit(MOST_RUNS))
    return [RunRow(*row) for row in rows]


def run(session: Session, caller: StaffCaller, *, event_id: int) -> RunPage:
    """Returns a run with its lessons. Raises NotFoundError for one out of reach."""
    found = session.execute(_runs().where(ProgrammeRun.event_id == event_id, caller.scope.limits(Event))).first()
    if found is None:
        raise NotFoundError
    row = RunRow(*found)
    came = (
        select(func.count()).where(SessionMark.session_id == EventSession.id).correlate(EventSession).scalar_subquery()
    )
    rows = session.execute(
        select(EventSession, ProgrammeModule, came)
        .outerjoin(ProgrammeLesson, ProgrammeLesson.session_id == EventSession.id)
        .outerjoin(ProgrammeModule, ProgrammeModule.id == ProgrammeLesson.module_id)
        .where(EventSession.event_id == event_id)
        .order_by(EventSession.starts_at, EventSession.id)
    ).all()
    planned: dict[int, int] = {}
    for part, module, _ in rows:
        if module is not None:
            planned[module.id] = planned.get(module.id, 0) + (part.hours or 0)
    return RunPage(
        row,
        [
            LessonRow(
                part.id,
                module.title if module else None,
                part.title,
                part.starts_at,
                part.ends_at,
                part.hours,
                part.place,
                count,
            )
            for part, module, count in rows
        ],
        [(one, one.hours - planned.get(one.id, 0)) for one in row.run.programme.modules],
    )


def _runs() -> Any:
    """Selects runs with their numbers; built when asked, for not every noun's tables are known at import."""
    places = select(func.count()).where(Registration.event_id == ProgrammeRun.event_id)
    return (
        select(
            ProgrammeRun,
            select(func.count())
            .where(EventSession.event_id == ProgrammeRun.event_id)
            .correlate(ProgrammeRun)
            .scalar_subquery(),
            places.where(Registration.status == RegistrationStatus.WAITING).correlate(ProgrammeRun).scalar_subquery(),
            places.where(Registration.attended_at.is_not(None), Registration.status != RegistrationStatus.CANCELLED)
            .correlate(ProgrammeRun)
            .scalar_subquery(),
            places.where(
                Registration.status == RegistrationStatus.CANCELLED,
                exists().where(SessionMark.registration_id == Registration.id),
            )
            .correlate(ProgrammeRun)
            .scalar_subquery(),
        )
        .join(Event, Event.id == ProgrammeRun.event_id)
        .options(
            joinedload(ProgrammeRun.event),
            joinedload(ProgrammeRun.programme),
            joinedload(ProgrammeRun.site),
        )
    )
