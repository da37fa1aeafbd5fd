"""Reads what the panel offers to fulfil a line by, and the lines that something else may fulfil."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from rapidfuzz import fuzz
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from db.caller import StaffCaller
from db.dictionaries.models import Municipality
from db.errors import NotFoundError
from db.events.models import Event, EventStatus
from db.people.models import Person
from db.people.staff_queries import people_named
from db.plans.models import PlanEvent, PlanFulfilment, PlanLine, PlanResponsible, PlanSection
from db.plans.queries import LineRow, line
from db.plans.rules import slots
from db.search import matches
from db.texts import comparable

AROUND = timedelta(days=62)
MOST = 100
FITTING = 10
FOUND, SHORTEST = 8, 2
"""Lines that a search offers, and from how many letters on."""
OF_FORM, OF_DAY = 10, 20
"""What the event's own form and a slot of its day weigh beside a hundredth of likeness in words."""
_LINES = select(
    *(PlanLine.id, PlanLine.text, PlanLine.starts, PlanLine.ends, PlanLine.period, PlanLine.times, PlanLine.format_id)
)


def events_near(session: Session, caller: StaffCaller, *, starts: date | None, ends: date | None) -> Sequence[Event]:
    """Lists published events that have begun, in the line's days and two months around them, the newest first."""
    events = select(Event).where(Event.status == EventStatus.PUBLISHED, Event.starts_at <= caller.now)
    if starts is not None and ends is not None:
        first, last = (datetime.combine(day, time(), UTC) for day in (starts - AROUND, ends + AROUND))
        events = events.where(Event.starts_at >= first, Event.starts_at <= last)
    return session.scalars(events.order_by(Event.starts_at.desc(), Event.id).limit(MOST)).all()


@dataclass(frozen=True, slots=True)
class HeldBy:
    """An event with the line by which it is held, and, where it is held by none, the lines that fit it best."""

    event: Event
    line: PlanLine | None
    settled: bool
    fitting: Sequence[PlanLine]


def held_by(session: Session, caller: StaffCaller, *, event_id: int, text: str) -> HeldBy:
    """Returns by which line an event is held, else those with something open: of `text`, or like the event's title.

    Raises NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    event = session.get(Event, event_id)
    if event is None:
        raise NotFoundError
    held = session.get(PlanEvent, event_id)
    whole = [joinedload(PlanLine.section).joinedload(PlanSection.plan)]
    if held is not None:
        return HeldBy(event, session.get(PlanLine, held.line_id, options=whole), held.settled, [])
    day, wanted = event.starts_at.astimezone(caller.zone).date(), comparable(text or event.title)
    done = dict(select_done(session))
    scored: list[tuple[float, int]] = []
    for row in session.execute(_LINES.where(PlanLine.active)):
        due, said = slots(row.starts, row.ends, row.period, row.times), comparable(row.text)
        if done.get(row.id, 0) >= max(len(due), 1) or (text and wanted not in said):
            continue
        now = any(slot.starts <= day <= slot.ends for slot in due)
        likely = fuzz.token_set_ratio(wanted, said) + OF_FORM * (row.format_id == event.format_id) + OF_DAY * now
        scored.append((-likely, row.id))
    best = [number for _, number in sorted(scored)[:FITTING]]
    found = session.scalars(select(PlanLine).where(PlanLine.id.in_(best)).options(*whole))
    return HeldBy(event, None, False, sorted(found, key=lambda row: best.index(row.id)))


def select_done(session: Session) -> Iterator[tuple[int, int]]:
    """How many slots of each line are done, for lines with any."""
    rows = select(PlanFulfilment.line_id, func.count().label("done")).group_by(PlanFulfilment.line_id)
    return ((row.line_id, row.done) for row in session.execute(rows))


def changeable(session: Session, caller: StaffCaller, *, line_id: int, today: date) -> LineRow:
    """Returns one line for whoever may change it. Raises NotFoundError for another's direction too, ForbiddenError."""
    found = line(session, line_id=line_id, today=today)
    caller.scope.check_direction(found.line.section.direction_id)
    return found


def responsible(session: Session, caller: StaffCaller, *, line_id: int) -> list[tuple[int, str]]:
    """Lists those within reach who answer for a line: (id, name and place)."""
    found = session.execute(
        select(Person.id, Person.full_name, Municipality.name)
        .join(PlanResponsible, PlanResponsible.person_id == Person.id)
        .outerjoin(Municipality, Municipality.id == Person.municipality_id)
        .where(caller.scope.limits(Person), PlanResponsible.line_id == line_id)
        .order_by(Person.full_name, Person.id)
    )
    return [(row[0], ", ".join(part for part in row[1:] if part)) for row in found]


def people_like(session: Session, caller: StaffCaller, *, line_id: int, text: str) -> list[tuple[int, str]]:
    """Finds people within reach by name who do not answer for the line yet: (id, name and place)."""
    named = select(PlanResponsible.person_id).where(PlanResponsible.line_id == line_id)
    return people_named(session, caller, Person.id.not_in(named), text=text)


def lines_like(session: Session, *, text: str) -> Sequence[PlanLine]:
    """Finds lines of plans by their words, as the plans have them."""
    if len(text) < SHORTEST:
        return []
    of = select(PlanLine).where(PlanLine.active, matches(text, PlanLine.text)).options(joinedload(PlanLine.section))
    return session.scalars(of.order_by(PlanLine.section_id, PlanLine.position, PlanLine.id).limit(FOUND)).all()
