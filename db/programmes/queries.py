"""Reads programmes as people of the bot see them: by site, with the groups that one may join and their lessons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, selectinload

from db.caller import Caller, PersonCaller
from db.errors import NotFoundError
from db.events.models import Event, EventStatus, Registration, RegistrationStatus
from db.events.queries import for_whom
from db.people.models import Person
from db.presence.models import EventSession, SessionMark
from db.programmes.models import Programme, ProgrammePosition, ProgrammeRun
from db.sites.models import Site

MOST_RUNS = 20


@dataclass(frozen=True, slots=True)
class RunLine:
    """A group, or one teacher's way, that may be joined. `free` is empty where any number may come."""

    event_id: int
    personal: bool
    starts_at: datetime
    free: int | None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson of a run; `sat` tells whether whoever asks was there."""

    title: str
    starts_at: datetime
    hours: int | None
    place: str | None
    sat: bool


@dataclass(frozen=True, slots=True)
class Lessons:
    """A run's lessons in their order."""

    event_id: int
    title: str
    site: str
    personal: bool
    lessons: Sequence[Lesson]


def programmes(session: Session, caller: PersonCaller) -> Sequence[Programme]:
    """Lists the programmes that are offered to a person's position, as the document has them."""
    named = ProgrammePosition.programme_id == Programme.id
    mine = named & (ProgrammePosition.position_id == Person.position_id) & (Person.id == caller.person_id)
    offered = or_(~exists().where(named), exists().where(mine))
    found = select(Programme).where(Programme.active, offered).order_by(Programme.position, Programme.id)
    return session.scalars(found).all()


def programme(session: Session, *, programme_id: int) -> Programme:
    """Returns one programme with its modules. Raises NotFoundError."""
    row = session.scalar(
        select(Programme).where(Programme.id == programme_id, Programme.active).options(selectinload(Programme.modules))
    )
    if row is None:
        raise NotFoundError
    return row


def of_programme(session: Session, caller: Caller, *, programme_id: int) -> tuple[Programme, list[RunLine]]:
    """Returns a programme and the groups that one may join. Raises NotFoundError."""
    found = programme(session, programme_id=programme_id)
    return found, _joinable(session, caller, ProgrammeRun.programme_id == programme_id)


def at_site(session: Session, caller: PersonCaller, *, site_id: int) -> list[RunLine]:
    """Lists the groups of a site that are offered to a person's position, the nearest first."""
    return _joinable(session, caller, ProgrammeRun.site_id == site_id, for_whom(caller.person_id))


def lessons(session: Session, caller: PersonCaller, *, event_id: int) -> Lessons:
    """Lists the lessons of a run and in which of them the person sat. Raises NotFoundError, for a draft too."""
    found = session.execute(
        select(Event.title, Site.title, ProgrammeRun.personal)
        .join(ProgrammeRun, ProgrammeRun.event_id == Event.id)
        .join(Site, Site.id == ProgrammeRun.site_id)
        .where(Event.id == event_id, Event.status != EventStatus.DRAFT)
    ).first()
    if found is None:
        raise NotFoundError("event_not_found")
    own = Registration.event_id == event_id, Registration.person_id == caller.person_id
    # Who left midway still sees what was attended.
    held = session.execute(select(Registration.id, Registration.status).where(*own)).first()
    number, seated = (held.id, held.status is RegistrationStatus.SEATED) if held else (None, False)
    rows = session.execute(
        select(EventSession, SessionMark.session_id)
        .outerjoin(
            SessionMark,
            (SessionMark.session_id == EventSession.id) & (SessionMark.registration_id == (number or 0)),
        )
        .where(EventSession.event_id == event_id)
        .order_by(EventSession.starts_at, EventSession.id)
    )
    return Lessons(
        event_id,
        *found,
        [
            Lesson(one.title, one.starts_at, one.hours, one.place if seated else None, mark is not None)
            for one, mark in rows
        ],
    )


def _joinable(session: Session, caller: Caller, *which: ColumnElement[bool]) -> list[RunLine]:
    rows = session.execute(
        select(Event.id, ProgrammeRun.personal, Event.starts_at, Event.capacity - Event.seated)
        .join(ProgrammeRun, ProgrammeRun.event_id == Event.id)
        .where(*which, Event.status == EventStatus.PUBLISHED, Event.starts_at > caller.now)
        .order_by(Event.starts_at, Event.id)
        .limit(MOST_RUNS)
    )
    return [RunLine(*row) for row in rows]
