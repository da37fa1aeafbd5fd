"""Reads a person's own calendar by its secret, and what is planned for everybody's eyes: the billboard."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from db.calendar.models import CalendarFeed
from db.caller import Caller
from db.dictionaries.models import Municipality, Term
from db.errors import NotFoundError
from db.events.models import Event, EventComponent, EventMode, EventStatus, Registration, RegistrationStatus
from db.people.models import Person
from db.presence.models import EventSession

KEPT = timedelta(days=120)
"""What was longer ago leaves the phone's calendar."""
MOST = 500


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """An event in a person's calendar; `cancelled` by the organiser or by the person. `where` is for who has a seat."""

    code: str
    title: str
    about: str
    where: str | None
    link: str | None
    starts_at: datetime
    ends_at: datetime
    revision: int
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One event of the billboard: what anybody may know of it, and nobody's name."""

    code: str
    title: str
    about: str
    format: str
    level: str | None
    mode: EventMode
    municipality: str | None
    audience: str | None
    starts_at: datetime
    ends_at: datetime
    free: int | None
    by_parts: bool = False


@dataclass(frozen=True, slots=True)
class BillboardFilter:
    """What the billboard shows: a local month, a level, a component that an event serves."""

    month: date | None = None
    level_id: int | None = None
    component: str | None = None


def feed(session: Session, caller: Caller, *, secret: str) -> list[FeedEntry]:
    """Lists what a person is registered for, or was and is not any more. Raises NotFoundError for an unknown secret."""
    person_id = session.scalar(
        select(CalendarFeed.person_id)
        .join(Person, Person.id == CalendarFeed.person_id)
        .where(CalendarFeed.secret == secret, Person.erased_at.is_(None))
    )
    if person_id is None:
        raise NotFoundError
    seated, left = RegistrationStatus.SEATED, RegistrationStatus.CANCELLED
    rows = session.execute(
        select(Event, Registration.status, Registration.online)
        .join(Registration, Registration.event_id == Event.id)
        .where(
            Registration.person_id == person_id,
            Registration.status.in_((seated, left)),
            Event.status != EventStatus.DRAFT,
            Event.ends_at > caller.now - KEPT,
        )
        .order_by(Event.starts_at.desc(), Event.id)
        .limit(MOST)
    )
    entries = [
        (
            event,
            FeedEntry(
                event.code,
                event.title,
                event.about,
                event.place if status is seated and not online else None,
                event.link if status is seated and online == event.split and caller.now < event.ends_at else None,
                event.starts_at,
                event.ends_at,
                event.revision,
                status is left or event.status is EventStatus.CANCELLED,
            ),
        )
        for event, status, online in rows
    ]
    parts = _parts(session, [event.id for event, _ in entries if event.by_parts])
    return [
        one for event, entry in entries for one in (_apart(entry, parts[event.id]) if event.id in parts else [entry])
    ]


def _parts(session: Session, event_ids: list[int]) -> dict[int, list[EventSession]]:
    """The lessons of events that consist of them."""
    found: dict[int, list[EventSession]] = {}
    if event_ids:
        query = select(EventSession).where(EventSession.event_id.in_(event_ids))
        for one in session.scalars(query.order_by(EventSession.starts_at, EventSession.id)):
            found.setdefault(one.event_id, []).append(one)
    return found


def _apart(entry: FeedEntry, parts: list[EventSession]) -> list[FeedEntry]:
    """An entry for each lesson instead of one of a year."""
    return [
        replace(
            entry,
            code=f"{entry.code}-{one.id}",
            title=one.title,
            where=(one.place or entry.where) if entry.where else None,
            starts_at=one.starts_at,
            ends_at=one.ends_at,
        )
        for one in parts
    ]


def count(session: Session, caller: Caller, *, narrowed: BillboardFilter) -> int:
    """Counts the events of the billboard."""
    return session.scalar(select(func.count(Event.id)).where(*_shown(caller, narrowed))) or 0


def billboard(session: Session, caller: Caller, *, narrowed: BillboardFilter, limit: int, offset: int) -> list[Shown]:
    """Lists published events that are not over, the nearest first."""
    level = aliased(Term)
    query: Select[Event, str, str | None, str | None] = (
        select(Event, Term.name, level.name, Municipality.name)
        .join(Term, Term.id == Event.format_id)
        .outerjoin(level, level.id == Event.level_id)
        .outerjoin(Municipality, Municipality.id == Event.municipality_id)
        .where(*_shown(caller, narrowed))
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
        .offset(offset)
    )
    return [
        Shown(
            event.code,
            event.title,
            event.about,
            form,
            level_name,
            event.mode,
            town,
            event.audience,
            event.starts_at,
            event.ends_at,
            None if event.capacity is None else event.capacity - event.seated,
            event.by_parts,
        )
        for event, form, level_name, town in session.execute(query)
    ]


def _shown(caller: Caller, narrowed: BillboardFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Event.status == EventStatus.PUBLISHED, Event.ends_at > caller.now]
    if narrowed.month is not None:
        following = (narrowed.month + timedelta(days=31)).replace(day=1)
        begins, ends = (datetime.combine(day, time(), caller.zone) for day in (narrowed.month, following))
        conditions.append(and_(Event.starts_at >= begins, Event.starts_at < ends))
    if narrowed.level_id is not None:
        conditions.append(Event.level_id == narrowed.level_id)
    if narrowed.component is not None:
        serves = EventComponent.event_id == Event.id, EventComponent.component == narrowed.component
        conditions.append(exists().where(*serves))
    return conditions
