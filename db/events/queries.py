"""Reading events: what a person of the bot sees. The panel's own lists are in `panel_queries`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, Row, Select, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller, PersonCaller
from db.diagnostics.models import Instrument, InstrumentVersion, VersionStatus
from db.dictionaries.models import Municipality, Term
from db.errors import NotFoundError
from db.events.models import (
    Certificate,
    Event,
    EventComponent,
    EventMode,
    EventStatus,
    Registration,
    RegistrationStatus,
)
from db.events.rules import ACTIVE, may_attend, tidy_number
from db.people.models import Person

_LINE = Select[int, str, str, str, EventMode, str, datetime, datetime, int | None, int, EventStatus]


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event in a list. `municipality` is empty for the whole region, `capacity` for any number of people."""

    id: int
    code: str
    title: str
    format: str
    mode: EventMode
    municipality: str | None
    starts_at: datetime
    ends_at: datetime
    capacity: int | None
    seated: int
    status: EventStatus

    @property
    def free(self) -> int | None:
        """Seats left; none where any number may come."""
        return None if self.capacity is None else self.capacity - self.seated


@dataclass(frozen=True, slots=True)
class CalendarFilters:
    """What the calendar shows: one format, one component, one mode; `near` keeps to the own municipality and the
    region's events.
    """

    format_id: int | None = None
    component: str | None = None
    mode: EventMode | None = None
    near: bool = True


@dataclass(frozen=True, slots=True)
class Mine:
    """A person's own registration. `place` is the place in the waiting list, from 1."""

    registration_id: int
    status: RegistrationStatus
    place: int | None
    offered_until: datetime | None
    attended_at: datetime | None
    rating: int | None
    comment: str | None
    certificate: str | None


@dataclass(frozen=True, slots=True)
class EventCard:
    """One event for one person. `where` and `link` are empty for whoever holds no seat. `allowed` tells whether the
    person's municipality may register.
    """

    line: EventLine
    about: str
    audience: str | None
    organiser: str | None
    components: tuple[str, ...]
    where: str | None
    link: str | None
    waiting: int
    allowed: bool
    mine: Mine | None


@dataclass(frozen=True, slots=True)
class Month:
    """A month's events. `first_day` is local; `earlier` and `later` begin the nearest months that have some too."""

    first_day: date
    lines: list[EventLine]
    earlier: date | None
    later: date | None


@dataclass(frozen=True, slots=True)
class Own:
    """One of a person's registrations with its event."""

    line: EventLine
    mine: Mine


@dataclass(frozen=True, slots=True)
class Verified:
    """What a certificate says. `name` is empty when its owner had the personal data erased."""

    number: str
    name: str | None
    title: str
    format: str
    mode: EventMode
    organiser: str | None
    starts_at: datetime
    ends_at: datetime
    issued_at: datetime


def month(
    session: Session, caller: Caller, *, first_day: date | None, filters: CalendarFilters, municipality_id: int | None
) -> Month:
    """Lists published events of a local month that are not over, under the filters; the next event's by default."""
    conditions = [
        Event.status == EventStatus.PUBLISHED,
        Event.ends_at > caller.now,
        *_filtered(filters, municipality_id),
    ]
    if first_day is None:
        following = session.scalar(select(func.min(Event.starts_at)).where(*conditions))
        first_day = (following or caller.now).astimezone(caller.zone).date().replace(day=1)
    next_day = (first_day + timedelta(days=31)).replace(day=1)
    begins, ends = (datetime.combine(one, time(), caller.zone) for one in (first_day, next_day))
    inside = (Event.starts_at >= begins, Event.starts_at < ends)
    rows = session.execute(_lines().where(*conditions, *inside).order_by(Event.starts_at, Event.id))
    lines = [_line(row) for row in rows]
    earlier = session.scalar(select(func.max(Event.starts_at)).where(*conditions, Event.starts_at < begins))
    later = session.scalar(select(func.min(Event.starts_at)).where(*conditions, Event.starts_at >= ends))
    around = [one and one.astimezone(caller.zone).date().replace(day=1) for one in (earlier, later)]
    return Month(first_day, lines, *around)


def serving(
    session: Session, caller: Caller, *, components: Sequence[str], municipality_id: int | None, limit: int = 3
) -> list[EventLine]:
    """Lists coming events that serve the components, the first component's first, the nearest in time first.

    Only those the person may attend and that still have a seat.
    """
    if not components:
        return []
    rank = func.min(case({code: number for number, code in enumerate(components)}, value=EventComponent.component))
    found = (
        select(EventComponent.event_id, rank.label("rank"))
        .where(EventComponent.component.in_(components))
        .group_by(EventComponent.event_id)
        .subquery()
    )
    rows = session.execute(
        _lines()
        .join(found, found.c.event_id == Event.id)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > caller.now,
            attendable(municipality_id),
            or_(Event.capacity.is_(None), Event.seated < Event.capacity),
        )
        .order_by(found.c.rank, Event.starts_at, Event.id)
        .limit(limit)
    )
    return [_line(row) for row in rows]


def event_id_of(session: Session, *, code: str) -> int:
    """The event of a deep link. Raises NotFoundError; a draft is not found either."""
    found = session.scalar(select(Event.id).where(Event.code == code, Event.status != EventStatus.DRAFT))
    if found is None:
        raise NotFoundError("event_not_found")
    return found


def card(session: Session, caller: PersonCaller, *, event_id: int) -> EventCard:
    """Reads an event as this person may see it. Raises NotFoundError, for a draft too."""
    event = session.scalar(
        select(Event)
        .where(Event.id == event_id, Event.status != EventStatus.DRAFT)
        .options(joinedload(Event.format), joinedload(Event.municipality))
        .execution_options(populate_existing=True)
    )
    if event is None:
        raise NotFoundError("event_not_found")
    municipality_id = session.scalar(select(Person.municipality_id).where(Person.id == caller.person_id))
    found = session.execute(
        _own(caller.person_id).where(Registration.event_id == event_id).execution_options(populate_existing=True)
    ).first()
    mine = _mine(*found) if found else None
    held = mine is not None and mine.status is RegistrationStatus.SEATED
    waiting = session.scalar(
        select(func.count())
        .select_from(Registration)
        .where(Registration.event_id == event_id, Registration.status == RegistrationStatus.WAITING)
    )
    return EventCard(
        line=line_of(event),
        about=event.about,
        audience=event.audience,
        organiser=event.organiser,
        components=tuple(sorted(item.component for item in event.components)),
        where=event.place if held else None,
        link=event.link if held else None,
        waiting=waiting or 0,
        allowed=may_attend(
            open_to_all=event.open_to_all,
            event_municipality=event.municipality_id,
            person_municipality=municipality_id,
        ),
        mine=mine,
    )


def own(session: Session, caller: PersonCaller, *, past: bool) -> list[Own]:
    """Lists a person's registrations: what is not over yet by time, or what has been, the latest first."""
    when = [Event.ends_at <= caller.now] if past else [Event.ends_at > caller.now]
    order = [Event.starts_at.desc(), Event.id] if past else [Event.starts_at, Event.id]
    # What was cancelled by the person is no news; what the organiser cancelled is shown until its day has passed.
    keep = Registration.status == RegistrationStatus.SEATED if past else Registration.status.in_(ACTIVE)
    rows = session.execute(
        _own(caller.person_id)
        .join(Event, Event.id == Registration.event_id)
        .where(keep, *when)
        .order_by(*order)
        .options(
            joinedload(Registration.event).joinedload(Event.format),
            joinedload(Registration.event).joinedload(Event.municipality),
        )
    ).all()
    return [Own(line_of(row[0].event), _mine(*row)) for row in rows]


def component_names(session: Session) -> dict[str, str]:
    """Titles of the components by code, in the order of the newest published instrument for teachers."""
    content = session.scalar(
        select(InstrumentVersion.content)
        .join(Instrument)
        .where(Instrument.audience == "teacher", InstrumentVersion.status == VersionStatus.PUBLISHED)
        .order_by(InstrumentVersion.published_at.desc(), InstrumentVersion.id.desc())
        .limit(1)
    )
    return {item["code"]: item.get("title") or item["name"] for item in (content or {}).get("components", [])}


def formats_in_use(session: Session, caller: Caller) -> list[tuple[int, str]]:
    """Lists formats of coming events, by name: a filter that would find nothing is not offered."""
    rows = session.execute(
        select(Term.id, func.coalesce(Term.short, Term.name))
        .where(
            Term.id.in_(
                select(Event.format_id).where(Event.status == EventStatus.PUBLISHED, Event.ends_at > caller.now)
            )
        )
        .order_by(Term.name)
    )
    return [(row[0], row[1]) for row in rows]


def verify(session: Session, *, number: str) -> Verified | None:
    """What the certificate of this number says, however the number is typed; nothing when there is none."""
    row = session.execute(
        select(Certificate, Event, Term.name, Person.full_name)
        .join(Registration, Registration.id == Certificate.registration_id)
        .join(Event, Event.id == Registration.event_id)
        .join(Term, Term.id == Event.format_id)
        .join(Person, Person.id == Registration.person_id)
        .where(Certificate.number == tidy_number(number))
    ).first()
    if row is None:
        return None
    certificate, event, form, name = row
    return Verified(
        certificate.number,
        name,
        event.title,
        form,
        event.mode,
        event.organiser,
        event.starts_at,
        event.ends_at,
        certificate.issued_at,
    )


def attendable(municipality_id: int | None) -> ColumnElement[bool]:
    """Whether somebody of this municipality may attend; the same rule as `rules.may_attend`."""
    return or_(Event.municipality_id.is_(None), Event.open_to_all, Event.municipality_id == municipality_id)


def line_of(event: Event) -> EventLine:
    """A loaded event as a line of a list; its format and municipality must be loaded too."""
    return EventLine(
        event.id,
        event.code,
        event.title,
        event.format.name,
        event.mode,
        event.municipality.name if event.municipality else None,
        event.starts_at,
        event.ends_at,
        event.capacity,
        event.seated,
        event.status,
    )


def _filtered(filters: CalendarFilters, municipality_id: int | None) -> list[ColumnElement[bool]]:
    conditions = [attendable(municipality_id)]
    if filters.near:
        conditions.append(or_(Event.municipality_id.is_(None), Event.municipality_id == municipality_id))
    if filters.format_id is not None:
        conditions.append(Event.format_id == filters.format_id)
    if filters.mode is not None:
        conditions.append(Event.mode == filters.mode)
    if filters.component is not None:
        conditions.append(
            Event.id.in_(select(EventComponent.event_id).where(EventComponent.component == filters.component))
        )
    return conditions


def _lines() -> _LINE:
    return (
        select(
            Event.id,
            Event.code,
            Event.title,
            Term.name,
            Event.mode,
            Municipality.name,
            Event.starts_at,
            Event.ends_at,
            Event.capacity,
            Event.seated,
            Event.status,
        )
        .join(Term, Term.id == Event.format_id)
        .outerjoin(Municipality, Municipality.id == Event.municipality_id)
    )


def _line(row: Row[int, str, str, str, EventMode, str, datetime, datetime, int | None, int, EventStatus]) -> EventLine:
    return EventLine(*row)


def _own(person_id: int) -> Select[Registration, str, int]:
    other = Registration.__table__.alias("other")
    place = (
        select(func.count())
        .select_from(other)
        .where(
            other.c.event_id == Registration.event_id,
            other.c.status == RegistrationStatus.WAITING,
            other.c.sequence <= Registration.sequence,
        )
        .correlate(Registration)
        .scalar_subquery()
    )
    return (
        select(Registration, Certificate.number, place)
        .outerjoin(Certificate, Certificate.registration_id == Registration.id)
        .where(Registration.person_id == person_id)
    )


def _mine(registration: Registration, certificate: str | None, place: int) -> Mine:
    return Mine(
        registration.id,
        registration.status,
        place if registration.status is RegistrationStatus.WAITING else None,
        registration.offered_until,
        registration.attended_at,
        registration.rating,
        registration.comment,
        certificate,
    )
