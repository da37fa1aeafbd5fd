"""Reading events: what a person of the bot sees. The panel's lists are in `staff_queries`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, and_, bindparam, case, exists, func, literal, not_, or_, select
from sqlalchemy.orm import Session

from db.caller import Caller, PersonCaller
from db.diagnostics.models import Instrument, InstrumentKind, InstrumentVersion, VersionStatus
from db.diagnostics.queries import questionnaire
from db.dictionaries.models import Audience, Municipality, Term
from db.dictionaries.queries import rules
from db.dictionaries.units import UnitLevel
from db.errors import NotFoundError
from db.events.models import (
    Certificate,
    Event,
    EventComponent,
    EventMaterial,
    EventMode,
    EventPosition,
    EventStatus,
    Registration,
    RegistrationStatus,
)
from db.events.rules import ACTIVE, Barrier, Standing, barrier, reminders_ahead
from db.people.models import Person
from db.people.rules import YOUNG


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
    split: bool = False
    online_capacity: int | None = None
    online_seated: int = 0

    @property
    def free(self) -> int | None:
        """Seats left, in the hall where those online are counted apart; none where any number may come."""
        return None if self.capacity is None else self.capacity - self.seated

    @property
    def online_free(self) -> int | None:
        """Seats left online at a split event; none where any number may come."""
        return None if self.online_capacity is None else self.online_capacity - self.online_seated


@dataclass(frozen=True, slots=True)
class CalendarFilters:
    """Narrows the calendar; `near` keeps to the own municipality, the region's and the network's events."""

    format_id: int | None = None
    component: str | None = None
    mode: EventMode | None = None
    near: bool = True


@dataclass(frozen=True, slots=True)
class Mine:
    """A person's own registration. `place` is the place in the waiting list, from 1, `result` a contest's."""

    registration_id: int
    status: RegistrationStatus
    place: int | None
    offered_until: datetime | None
    attended_at: datetime | None
    rating: int | None
    comment: str | None
    certificate: str | None
    online: bool = False
    result: str | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """What is left of an event, for those who came."""

    id: int
    title: str
    link: str
    filed: bool


@dataclass(frozen=True, slots=True)
class EventCard:
    """Shows one event to one person.

    `where` and `link` are empty for whoever holds no seat, the link also where nothing is behind it any more. `barrier`
    tells why the person may not register, `hours` are academic, `reminders` whether those of a day and of some hours
    before are ahead; `revision` grows with every change of the event. At a split event `waiting` is the hall's queue,
    and of `where` and `link` each person has the one of their room.
    """

    line: EventLine
    revision: int
    about: str
    audience: str | None
    organiser: str | None
    components: tuple[str, ...]
    where: str | None
    link: str | None
    waiting: int
    barrier: Barrier | None
    mine: Mine | None
    reminders: tuple[bool, bool] = (False, False)
    level: str | None = None
    hours: int | None = None
    by_parts: bool = False
    online_waiting: int = 0
    quota_unit: UnitLevel | None = None
    quota: int | None = None
    materials: tuple[Material, ...] = ()

    @property
    def allowed(self) -> bool:
        """Whether the person may register."""
        return self.barrier is None


@dataclass(frozen=True, slots=True)
class Own:
    """One of a person's registrations with its event."""

    line: EventLine
    mine: Mine


def serving(
    session: Session, caller: PersonCaller, *, components: Sequence[str], municipality_id: int | None, limit: int = 3
) -> list[EventLine]:
    """Lists coming events that serve the components, the first component's first, the nearest in time first.

    Only those that the person may attend and is meant by, and that still have a seat.
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
        LINES.join(found, found.c.event_id == Event.id)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > caller.now,
            attendable(municipality_id),
            for_whom(caller.person_id),
            or_(
                *(Event.capacity.is_(None), Event.seated < Event.capacity),
                and_(Event.split, or_(Event.online_capacity.is_(None), Event.online_seated < Event.online_capacity)),
            ),
        )
        .order_by(found.c.rank, Event.starts_at, Event.id)
        .limit(limit)
    )
    return [EventLine(*row) for row in rows]


def event_id_of(session: Session, *, code: str) -> int:
    """The event of a deep link. Raises NotFoundError; a draft is not found either."""
    found = session.scalar(select(Event.id).where(Event.code == code, Event.status != EventStatus.DRAFT))
    if found is None:
        raise NotFoundError("event_not_found")
    return found


def card(session: Session, caller: PersonCaller, *, event_id: int) -> EventCard:
    """Reads an event as this person may see it. Raises NotFoundError, for a draft too."""
    row = session.connection().execute(_CARD, {"event": event_id, "person": caller.person_id}).first()
    if row is None:
        raise NotFoundError("event_not_found")
    line, mine = _line(row), _mine(row)
    held = mine is not None and mine.status is RegistrationStatus.SEATED
    live = held and line.status is EventStatus.PUBLISHED and caller.now < line.ends_at
    day, hours = reminders_ahead(line.starts_at, caller, rules=rules(session)) if live else (False, False)
    return EventCard(
        line=line,
        revision=row.revision,
        about=row.about,
        audience=row.audience,
        organiser=row.organiser,
        components=tuple(sorted(row.components.split())) if row.components else (),
        where=row.where if mine is not None and held and not mine.online else None,
        link=row.link if mine is not None and live and mine.online == line.split else None,
        waiting=row.waiting,
        barrier=barrier(
            Standing(row.person_municipality, bool(row.in_network), row.person_audience or Audience.TEACHER),
            open_to_all=row.open_to_all,
            event_municipality=row.event_municipality,
            for_network=row.for_network,
            meant_for=row.meant_for,
        ),
        level=row.level,
        hours=row.hours,
        by_parts=row.by_parts,
        online_waiting=row.online_waiting,
        quota_unit=row.quota_unit,
        quota=row.quota,
        mine=mine,
        materials=materials(session, event_id=event_id) if mine is not None and mine.attended_at is not None else (),
        reminders=(day, hours and not row.by_parts),
    )


def own(session: Session, caller: PersonCaller, *, past: bool) -> list[Own]:
    """Lists a person's registrations: what is not over yet by time, or what has been, the latest first."""
    rows = session.connection().execute(_PAST if past else _AHEAD, {"person": caller.person_id, "now": caller.now})
    return [Own(_line(row), mine) for row in rows if (mine := _mine(row)) is not None]


def standing(session: Session, *, person_id: int) -> Standing:
    """Where somebody works and as what: which events are for them."""
    row = session.execute(_STANDING, {"person": person_id}).one()
    return Standing(row.person_municipality, bool(row.in_network), row.person_audience or Audience.TEACHER)


def materials(session: Session, *, event_id: int) -> tuple[Material, ...]:
    """Lists what is left of an event; whoever asks has looked whose it is."""
    own = EventMaterial.event_id == event_id
    filed = EventMaterial.scan_id.is_not(None)
    asked = select(EventMaterial.id, EventMaterial.title, EventMaterial.link, filed).where(own)
    return tuple(Material(*row) for row in session.execute(asked.order_by(EventMaterial.id)))


def component_names(session: Session) -> dict[str, str]:
    """Titles of the components by code, in the order of the newest published instrument for teachers."""
    version_id = session.connection().scalar(_NEWEST)
    if version_id is None:
        return {}
    return {one.code: one.title for one in questionnaire(session, version_id=version_id).components}


def was_there(caller: Caller) -> ColumnElement[bool]:
    """Whether somebody was at a joined event for good: where parts count, more may be planned until the end."""
    return and_(Registration.attended_at.is_not(None), or_(Event.by_parts.is_(False), Event.ends_at <= caller.now))


def attendable(municipality_id: int | ColumnElement[int] | None) -> ColumnElement[bool]:
    """Whether somebody of this municipality may attend, whatever the position; the same rule as `rules.barrier`."""
    place = Municipality.__table__.alias()
    inside = exists().where(place.c.id == municipality_id, or_(place.c.network, not_(place.c.outside)))
    return or_(
        Event.open_to_all,
        Event.municipality_id == municipality_id,
        and_(Event.for_network, inside),
        and_(Event.municipality_id.is_(None), not_(Event.for_network)),
    )


def for_whom(person_id: int) -> ColumnElement[bool]:
    """Whether an event is for somebody as its audience, its positions and `young` say: what names nobody is for all."""
    own = select(Term.audience).join(Person, Person.position_id == Term.id).where(Person.id == person_id)
    teacher = literal(Audience.TEACHER, Event.meant_for.type)
    named = EventPosition.event_id == Event.id
    mine = exists().where(named, EventPosition.position_id == Person.position_id, Person.id == person_id)
    return and_(
        or_(Event.meant_for.is_(None), Event.meant_for == func.coalesce(own.scalar_subquery(), teacher)),
        or_(not_(exists().where(named)), mine),
        or_(not_(Event.young), exists().where(Person.id == person_id, Person.experience_years < YOUNG)),
    )


def _line(row: Row[*tuple[Any, ...]]) -> EventLine:
    return EventLine(*row[:LINE])


def _mine(row: Row[*tuple[Any, ...]]) -> Mine | None:
    """The person's registration in a row that has `_MINE`."""
    if row.registration_id is None:
        return None
    return Mine(
        row.registration_id,
        row.registration_status,
        row.queue if row.registration_status is RegistrationStatus.WAITING else None,
        row.offered_until,
        row.attended_at,
        row.rating,
        row.comment,
        row.certificate,
        row.online,
        row.result,
    )


# Statements that people's taps ask again and again are built once: building one costs more than running it. They go to
# the connection itself: of rows there is nothing that a Session has to know.
_LINE: tuple[Any, ...] = (
    Event.id,
    Event.code,
    Event.title,
    Term.name,
    Event.mode,
    Municipality.name,
    Event.starts_at,
    Event.ends_at,
    *(Event.capacity, Event.seated, Event.status),
    *(Event.split, Event.online_capacity, Event.online_seated),
)
LINE = len(_LINE)
LINES = (
    select(*_LINE)
    .join(Term, Term.id == Event.format_id)
    .outerjoin(Municipality, Municipality.id == Event.municipality_id)
)
_PERSON = bindparam("person", type_=Integer)
_NEWEST = (
    select(InstrumentVersion.id)
    .join(Instrument)
    .where(
        Instrument.audience == "teacher",
        Instrument.kind == InstrumentKind.DIAGNOSIS,
        InstrumentVersion.status == VersionStatus.PUBLISHED,
    )
    .order_by(InstrumentVersion.published_at.desc(), InstrumentVersion.id.desc())
    .limit(1)
)
_OTHER = Registration.__table__.alias()
_QUEUES = select(func.count()).where(_OTHER.c.event_id == Event.id, _OTHER.c.status == RegistrationStatus.WAITING)
_WAITING, _ONLINE_WAITING = _QUEUES.where(not_(_OTHER.c.online)), _QUEUES.where(_OTHER.c.online)
_RESULT = Term.__table__.alias()
_MINE: tuple[Any, ...] = (
    Registration.id.label("registration_id"),
    Registration.status.label("registration_status"),
    _QUEUES.where(_OTHER.c.sequence <= Registration.sequence, _OTHER.c.online == Registration.online)
    .scalar_subquery()
    .label("queue"),
    *(Registration.offered_until, Registration.attended_at, Registration.rating, Registration.comment),
    Certificate.number.label("certificate"),
    Registration.online,
    select(_RESULT.c.name).where(_RESULT.c.id == Registration.result_id).scalar_subquery().label("result"),
)
_POSITION = Term.__table__.alias()
_COMPONENTS = select(func.aggregate_strings(EventComponent.component, " ")).where(EventComponent.event_id == Event.id)
_PLACE = Municipality.__table__.alias()
_WHO = Person.__table__.alias()
_THEIRS = _WHO.c.id == _PERSON
_OF_PERSON: dict[str, Any] = {
    "person_municipality": select(_WHO.c.municipality_id).where(_THEIRS),
    "in_network": select(or_(_PLACE.c.network, not_(_PLACE.c.outside)))
    .select_from(_WHO.join(_PLACE, _PLACE.c.id == _WHO.c.municipality_id))
    .where(_THEIRS),
    "person_audience": select(_POSITION.c.audience)
    .select_from(_WHO.join(_POSITION, _POSITION.c.id == _WHO.c.position_id))
    .where(_THEIRS),
}
_STANDING = select(*(one.scalar_subquery().label(name) for name, one in _OF_PERSON.items()))
_LEVEL = select(_POSITION.c.name).where(_POSITION.c.id == Event.level_id)
_CARD = (
    LINES.add_columns(
        *(Event.revision, Event.about, Event.audience, Event.organiser),
        Event.place.label("where"),
        Event.link,
        Event.open_to_all,
        *(Event.for_network, Event.meant_for, Event.hours, Event.by_parts),
        Event.municipality_id.label("event_municipality"),
        *(one.scalar_subquery().label(name) for name, one in _OF_PERSON.items()),
        _LEVEL.scalar_subquery().label("level"),
        _WAITING.scalar_subquery().label("waiting"),
        _ONLINE_WAITING.scalar_subquery().label("online_waiting"),
        *(Event.quota_unit, Event.quota),
        _COMPONENTS.scalar_subquery().label("components"),
        *_MINE,
    )
    .outerjoin(Registration, and_(Registration.event_id == Event.id, Registration.person_id == _PERSON))
    .outerjoin(Certificate, Certificate.registration_id == Registration.id)
    .where(Event.id == bindparam("event"), Event.status != EventStatus.DRAFT)
)
_OWN = (
    LINES.add_columns(*_MINE)
    .join(Registration, Registration.event_id == Event.id)
    .outerjoin(Certificate, Certificate.registration_id == Registration.id)
    .where(Registration.person_id == _PERSON)
)
# What was cancelled by the person is no news; what the organiser cancelled is shown until its day has passed.
_AHEAD = _OWN.where(Registration.status.in_(ACTIVE), Event.ends_at > bindparam("now")).order_by(
    Event.starts_at, Event.id
)
_PAST = _OWN.where(Registration.status == RegistrationStatus.SEATED, Event.ends_at <= bindparam("now")).order_by(
    Event.starts_at.desc(), Event.id
)
