"""Reading events for the panel: the list, one event with its people, figures of feedback.

Everybody may see what is planned anywhere; drafts, names and feedback are for those within whose reach the event is.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from db.caller import StaffCaller
from db.dictionaries.models import Municipality, Organisation, Term
from db.dictionaries.queries import marked
from db.dictionaries.rules import LEAST_GROUP
from db.dictionaries.units import UnitLevel
from db.errors import NotFoundError
from db.events.models import (
    Cause,
    Certificate,
    Event,
    EventMode,
    EventPosition,
    EventStatus,
    Registration,
    RegistrationStatus,
)
from db.events.rules import ACTIVE, DoorCode, check_in_window, door_code
from db.people.models import Person
from db.people.staff_queries import people_named
from db.search import matches


@dataclass(frozen=True, slots=True)
class EventFilter:
    """What the list shows. `month` is the first day of a local month; `municipality_id` 0 means the whole region's.

    `marks`: events on whose lists are people of organisations with these marks; `over`: whether they have ended.
    """

    month: date | None = None
    status: EventStatus | None = None
    municipality_id: int | None = None
    text: str = ""
    marks: tuple[str, ...] = ()
    over: bool | None = None


@dataclass(frozen=True, slots=True)
class EventRow:
    """An event in the list. `own` tells whether the account may see its people."""

    id: int
    title: str
    format: str
    mode: EventMode
    municipality: str | None
    starts_at: datetime
    ends_at: datetime
    capacity: int | None
    seated: int
    waiting: int
    attended: int
    status: EventStatus
    own: bool
    by_parts: bool = False


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody on the list. `place` is the place in the queue, from 1."""

    registration_id: int
    person_id: int
    name: str | None
    municipality: str | None
    organisation: str | None
    status: RegistrationStatus
    cause: Cause
    place: int | None
    registered_at: datetime
    offered_until: datetime | None
    attended_at: datetime | None
    rating: int | None
    comment: str | None
    certificate: str | None
    dative: str | None
    online: bool
    result_id: int | None


@dataclass(frozen=True, slots=True)
class Detail:
    """One event for the panel. `guests` is empty where the account may not see names; counts are always there."""

    event: Event
    own: bool
    seated: int
    offered: int
    waiting: int
    attended: int
    guests: list[Guest]

    def of(self, *statuses: str) -> list[Guest]:
        """Guests of the statuses, in their order."""
        return [guest for guest in self.guests if guest.status in statuses]

    def by_name(self) -> list[Guest]:
        """Those with a seat in the hall, by name, for the signature sheet."""
        sitting = (guest for guest in self.of("seated", "offered") if not guest.online)
        return sorted(sitting, key=lambda guest: guest.name or "")

    def came(self) -> list[Guest]:
        """Those who were there, by name; not whoever was erased since."""
        return sorted(
            (guest for guest in self.guests if guest.attended_at and guest.name), key=lambda one: one.name or ""
        )

    @property
    def ratings(self) -> list[int]:
        """How many people gave 1, 2, 3, 4, 5."""
        given = [guest.rating for guest in self.guests if guest.rating]
        return [given.count(value) for value in range(1, 6)]

    @property
    def mean(self) -> float | None:
        """The mean rating."""
        given = [guest.rating for guest in self.guests if guest.rating]
        return round(sum(given) / len(given), 1) if given else None


def count(session: Session, caller: StaffCaller, *, narrowed: EventFilter) -> int:
    """Counts the events of the list."""
    return session.scalar(select(func.count(Event.id)).where(*_conditions(caller, narrowed))) or 0


def rows(
    session: Session, caller: StaffCaller, *, narrowed: EventFilter, limit: int | None = None, offset: int = 0
) -> list[EventRow]:
    """Lists events, those ahead first and the nearest on top, then what has been, the latest on top."""
    over = Event.ends_at <= caller.now
    found = session.execute(
        select(Event, Term.name, Municipality.name)
        .join(Term, Term.id == Event.format_id)
        .outerjoin(Municipality, Municipality.id == Event.municipality_id)
        .where(*_conditions(caller, narrowed))
        # Moments of either half come in their own order: ahead ascending, past descending.
        .order_by(over, _ahead_first(over), Event.starts_at.desc(), Event.id)
        .limit(limit)
        .offset(offset)
    ).all()
    counts = _counts(session, [event.id for event, _, _ in found])
    return [
        EventRow(
            event.id,
            event.title,
            form,
            event.mode,
            town,
            event.starts_at,
            event.ends_at,
            event.capacity,
            event.seated,
            counts.get(event.id, (0, 0, 0))[1],
            counts.get(event.id, (0, 0, 0))[2],
            event.status,
            caller.scope.sees(event),
            event.by_parts,
        )
        for event, form, town in found
    ]


def detail(session: Session, caller: StaffCaller, *, event_id: int) -> Detail:
    """Reads one event. Raises NotFoundError, for a foreign draft too."""
    event = session.scalar(
        select(Event)
        .where(Event.id == event_id)
        .options(joinedload(Event.format), joinedload(Event.municipality), joinedload(Event.level))
        .options(selectinload(Event.positions).joinedload(EventPosition.position))
    )
    if event is None or (event.status is EventStatus.DRAFT and not caller.scope.sees(event)):
        raise NotFoundError
    own = caller.scope.sees(event) and caller.scope.sees_names
    offered, waiting, attended = _counts(session, [event_id]).get(event_id, (0, 0, 0))
    guests = _guests(session, event_id) if own else _own_people(session, caller, event_id)
    return Detail(event, own, event.seated + event.online_seated - offered, offered, waiting, attended, guests)


def by_unit(session: Session, *, event_id: int, unit: UnitLevel) -> dict[int | None, int]:
    """Counts the list by whose people were when they came on it: who changes the school takes no place elsewhere."""
    whose: InstrumentedAttribute[int | None] = {
        UnitLevel.ORGANISATION: Registration.organisation_id,
        UnitLevel.MUNICIPALITY: Registration.municipality_id,
        UnitLevel.CENTRE: Municipality.centre_id,
    }[unit]
    listed = select(whose, func.count()).select_from(Registration)
    if unit is UnitLevel.CENTRE:
        listed = listed.outerjoin(Municipality, Municipality.id == Registration.municipality_id)
    own = Registration.event_id == event_id, Registration.status.in_(ACTIVE)
    return dict(session.execute(listed.where(*own).group_by(whose)).all())


def _own_people(session: Session, caller: StaffCaller, event_id: int) -> list[Guest]:
    """Of any event an account of an organisation sees its own people, without what they said of it to its organiser."""
    if caller.scope.organisation_id is None:
        return []
    people = set(session.scalars(select(Person.id).where(caller.scope.limits(Person))))
    own = [guest for guest in _guests(session, event_id) if guest.person_id in people]
    return [replace(guest, rating=None, comment=None, dative=None) for guest in own]


def at_the_door(session: Session, caller: StaffCaller, *, event_id: int) -> tuple[int, DoorCode | None]:
    """Counts people marked as present, and the code for the hall's screen: none while it would let nobody in.

    Raises NotFoundError.
    """
    event = session.get(Event, event_id)
    if event is None or event.status is EventStatus.DRAFT or not caller.scope.sees(event):
        raise NotFoundError
    opens, closes = check_in_window(event.starts_at, event.ends_at)
    works = event.status is EventStatus.PUBLISHED and not event.by_parts and opens <= caller.now <= closes
    code = door_code(event_id, event.check_in_key, caller) if works else None
    return _counts(session, [event_id]).get(event_id, (0, 0, 0))[2], code


def people_like(session: Session, caller: StaffCaller, *, event_id: int, text: str) -> list[tuple[int, str]]:
    """Finds people within reach by name who are not on the event's list: (id, name and place)."""
    listed = select(Registration.person_id).where(
        Registration.event_id == event_id, Registration.status != RegistrationStatus.CANCELLED
    )
    return people_named(session, caller, Person.id.not_in(listed), text=text)


def _conditions(caller: StaffCaller, narrowed: EventFilter) -> list[ColumnElement[bool]]:
    scope = caller.scope
    conditions: list[ColumnElement[bool]] = [or_(Event.status != EventStatus.DRAFT, scope.limits(Event))]
    if narrowed.month is not None:
        following = (narrowed.month + timedelta(days=31)).replace(day=1)
        begins, ends = (datetime.combine(day, time(), caller.zone) for day in (narrowed.month, following))
        conditions.append(and_(Event.starts_at >= begins, Event.starts_at < ends))
    if narrowed.status is not None:
        conditions.append(Event.status == narrowed.status)
    if narrowed.over is not None:
        conditions.append(Event.ends_at <= caller.now if narrowed.over else Event.ends_at > caller.now)
    if narrowed.municipality_id is not None:
        whole = narrowed.municipality_id == 0
        conditions.append(
            Event.municipality_id.is_(None) if whole else Event.municipality_id == narrowed.municipality_id
        )
    if narrowed.marks:
        theirs = (
            select(Registration.event_id)
            .join(Person, Person.id == Registration.person_id)
            .where(Registration.status.in_(ACTIVE), Person.organisation_id.in_(marked(narrowed.marks)))
            .group_by(Registration.event_id)
        )
        if not scope.sees_names:  # what an event's list tells of few is not told by a filter either
            theirs = theirs.having(func.count() >= LEAST_GROUP)
        conditions.append(Event.id.in_(theirs))
    return [*conditions, matches(narrowed.text, Event.title)]


def _ahead_first(over: ColumnElement[bool]) -> ColumnElement[datetime | None]:
    return case((~over, Event.starts_at), else_=None)


def _counts(session: Session, event_ids: list[int]) -> dict[int, tuple[int, int, int]]:
    if not event_ids:
        return {}

    def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.count().filter(condition)

    found = session.execute(
        select(
            Registration.event_id,
            number(Registration.status == RegistrationStatus.OFFERED),
            number(Registration.status == RegistrationStatus.WAITING),
            number(Registration.attended_at.is_not(None)),
        )
        .where(Registration.event_id.in_(event_ids))
        .group_by(Registration.event_id)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in found}


def _guests(session: Session, event_id: int) -> list[Guest]:
    found = session.execute(
        select(Registration, Person.full_name, Municipality.name, Organisation.name, Certificate.number)
        .join(Person, Person.id == Registration.person_id)
        .outerjoin(Municipality, Municipality.id == Registration.municipality_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(Certificate, Certificate.registration_id == Registration.id)
        .where(Registration.event_id == event_id)
        .order_by(Registration.sequence)
    ).all()
    guests, waiting = [], 0
    for one, name, town, school, number in found:
        waits = one.status is RegistrationStatus.WAITING
        waiting += waits
        guests.append(
            Guest(
                one.id,
                one.person_id,
                name,
                town,
                school,
                one.status,
                one.cause,
                waiting if waits else None,
                one.registered_at,
                one.offered_until,
                one.attended_at,
                one.rating,
                one.comment,
                number,
                one.dative,
                one.online,
                one.result_id,
            )
        )
    return guests
