"""Reading events: what a person of the bot sees. The panel's own lists are in `panel_queries`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Row,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.orm import Session

from db.caller import Caller, PersonCaller
from db.diagnostics.models import Instrument, InstrumentVersion, VersionStatus
from db.diagnostics.queries import questionnaire
from db.dictionaries.models import Municipality, Term
from db.dictionaries.queries import rules
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
from db.events.rules import ACTIVE, may_attend, reminders_ahead, shown_days, tidy_number
from db.people.models import Person


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
    """Narrows the calendar; `near` keeps to the own municipality and the region's events."""

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
    """Shows one event to one person.

    `where` and `link` are empty for whoever holds no seat, the link also where nothing is behind it any more. `allowed`
    tells whether the person's municipality may register, `reminders` whether those of a day and of some hours before
    are ahead; `revision` grows with every change of the event.
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
    allowed: bool
    mine: Mine | None
    reminders: tuple[bool, bool] = (False, False)


@dataclass(frozen=True, slots=True)
class Month:
    """Events of a month or, without `first_day`, of the coming days; `earlier` and `later` months have some too."""

    first_day: date | None
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
    """Lists published events that are not over, under the filters: of a local month, by default of the coming days."""
    chosen = {"format": filters.format_id, "component": filters.component, "mode": filters.mode, "near": filters.near}
    asked = {"now": caller.now, "municipality": municipality_id, **chosen}
    following = None if first_day else session.scalar(_NEXT, asked)
    first_day, begins, ends = shown_days(first_day, following, caller)
    asked |= {"begins": begins, "ends": ends}
    lines = [EventLine(*row) for row in session.execute(_MONTH, asked)]
    around = [
        one and one.astimezone(caller.zone).date().replace(day=1) for one in session.execute(_AROUND, asked).one()
    ]
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
        _LINES.join(found, found.c.event_id == Event.id)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > caller.now,
            attendable(municipality_id),
            or_(Event.capacity.is_(None), Event.seated < Event.capacity),
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
    row = session.execute(_CARD, {"event": event_id, "person": caller.person_id}).first()
    if row is None:
        raise NotFoundError("event_not_found")
    line, mine = _line(row), _mine(row)
    held = mine is not None and mine.status is RegistrationStatus.SEATED
    live = held and line.status is EventStatus.PUBLISHED and caller.now < line.ends_at
    return EventCard(
        line=line,
        revision=row.revision,
        about=row.about,
        audience=row.audience,
        organiser=row.organiser,
        components=tuple(sorted(row.components.split())) if row.components else (),
        where=row.where if held else None,
        link=row.link if live else None,
        waiting=row.waiting,
        allowed=may_attend(
            open_to_all=row.open_to_all,
            event_municipality=row.event_municipality,
            person_municipality=row.person_municipality,
        ),
        mine=mine,
        reminders=reminders_ahead(line.starts_at, caller, rules=rules(session)) if live else (False, False),
    )


def own(session: Session, caller: PersonCaller, *, past: bool) -> list[Own]:
    """Lists a person's registrations: what is not over yet by time, or what has been, the latest first."""
    rows = session.execute(_PAST if past else _AHEAD, {"person": caller.person_id, "now": caller.now})
    return [Own(_line(row), mine) for row in rows if (mine := _mine(row)) is not None]


def component_names(session: Session) -> dict[str, str]:
    """Titles of the components by code, in the order of the newest published instrument for teachers."""
    version_id = session.scalar(_NEWEST)
    if version_id is None:
        return {}
    return {one.code: one.title for one in questionnaire(session, version_id=version_id).components}


def formats_in_use(session: Session, caller: Caller) -> list[tuple[int, str]]:
    """Lists formats of coming events, by name: a filter that would find nothing is not offered."""
    return [(row[0], row[1]) for row in session.execute(_FORMATS, {"now": caller.now})]


def verify(session: Session, *, number: str) -> Verified | None:
    """What the certificate of this number says, however the number is typed; nothing when there is none."""
    row = session.execute(
        select(
            Certificate.number,
            Person.full_name,
            *(Event.title, Term.name, Event.mode, Event.organiser, Event.starts_at, Event.ends_at),
            Certificate.issued_at,
        )
        .join(Registration, Registration.id == Certificate.registration_id)
        .join(Event, Event.id == Registration.event_id)
        .join(Term, Term.id == Event.format_id)
        .join(Person, Person.id == Registration.person_id)
        .where(Certificate.number == tidy_number(number))
    ).first()
    return Verified(*row) if row is not None else None


def attendable(municipality_id: int | ColumnElement[int] | None) -> ColumnElement[bool]:
    """Whether somebody of this municipality may attend; the same rule as `rules.may_attend`."""
    return or_(Event.municipality_id.is_(None), Event.open_to_all, Event.municipality_id == municipality_id)


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
    )


# Statements that people's taps ask again and again are built once: building one costs more than running it.
_LINE: tuple[Any, ...] = (
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
LINE = len(_LINE)
_LINES = (
    select(*_LINE)
    .join(Term, Term.id == Event.format_id)
    .outerjoin(Municipality, Municipality.id == Event.municipality_id)
)
_MUNICIPALITY = bindparam("municipality", type_=Integer)
_PERSON = bindparam("person", type_=Integer)


def _chosen(name: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
    asked = bindparam(name, type_=column.type)
    return or_(cast(asked, column.type).is_(None), column == asked)  # PostgreSQL can't guess what a bare parameter is


_SHOWN = (
    Event.status == EventStatus.PUBLISHED,
    Event.ends_at > bindparam("now"),
    attendable(_MUNICIPALITY),
    or_(
        not_(bindparam("near", type_=Boolean)),
        Event.municipality_id.is_(None),
        Event.municipality_id == _MUNICIPALITY,
    ),
    _chosen("format", Event.__table__.c.format_id),
    _chosen("mode", Event.__table__.c.mode),
    or_(
        bindparam("component", type_=String).is_(None),
        Event.id.in_(select(EventComponent.event_id).where(EventComponent.component == bindparam("component"))),
    ),
)
_NEXT = select(func.min(Event.starts_at)).where(*_SHOWN)
_MONTH = _LINES.where(*_SHOWN, Event.starts_at >= bindparam("begins"), Event.starts_at < bindparam("ends")).order_by(
    Event.starts_at, Event.id
)
_AROUND = select(
    select(func.max(Event.starts_at)).where(*_SHOWN, Event.starts_at < bindparam("begins")).scalar_subquery(),
    select(func.min(Event.starts_at)).where(*_SHOWN, Event.starts_at >= bindparam("ends")).scalar_subquery(),
)
_FORMATS = (
    select(Term.id, func.coalesce(Term.short, Term.name))
    .where(
        Term.id.in_(
            select(Event.format_id).where(Event.status == EventStatus.PUBLISHED, Event.ends_at > bindparam("now"))
        )
    )
    .order_by(Term.name)
)
_NEWEST = (
    select(InstrumentVersion.id)
    .join(Instrument)
    .where(Instrument.audience == "teacher", InstrumentVersion.status == VersionStatus.PUBLISHED)
    .order_by(InstrumentVersion.published_at.desc(), InstrumentVersion.id.desc())
    .limit(1)
)
_OTHER = Registration.__table__.alias()
_WAITING = select(func.count()).where(_OTHER.c.event_id == Event.id, _OTHER.c.status == RegistrationStatus.WAITING)
_MINE: tuple[Any, ...] = (
    Registration.id.label("registration_id"),
    Registration.status.label("registration_status"),
    _WAITING.where(_OTHER.c.sequence <= Registration.sequence).scalar_subquery().label("queue"),
    Registration.offered_until,
    Registration.attended_at,
    Registration.rating,
    Registration.comment,
    Certificate.number.label("certificate"),
)
_COMPONENTS = select(func.aggregate_strings(EventComponent.component, " ")).where(EventComponent.event_id == Event.id)
_CARD = (
    _LINES.add_columns(
        *(Event.revision, Event.about, Event.audience, Event.organiser),
        Event.place.label("where"),
        Event.link,
        Event.open_to_all,
        Event.municipality_id.label("event_municipality"),
        select(Person.municipality_id).where(Person.id == _PERSON).scalar_subquery().label("person_municipality"),
        _WAITING.scalar_subquery().label("waiting"),
        _COMPONENTS.scalar_subquery().label("components"),
        *_MINE,
    )
    .outerjoin(Registration, and_(Registration.event_id == Event.id, Registration.person_id == _PERSON))
    .outerjoin(Certificate, Certificate.registration_id == Registration.id)
    .where(Event.id == bindparam("event"), Event.status != EventStatus.DRAFT)
)
_OWN = (
    _LINES.add_columns(*_MINE)
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
