"""Reads what the panel offers to fulfil a line by."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.dictionaries.models import Municipality
from db.events.models import Event, EventStatus
from db.people.models import Person
from db.plans.models import PlanResponsible
from db.search import matches

PEOPLE = 8
AROUND = timedelta(days=62)
MOST = 100


def events_near(session: Session, caller: StaffCaller, *, starts: date | None, ends: date | None) -> Sequence[Event]:
    """Lists published events that have begun, in the line's days and two months around them, the newest first."""
    events = select(Event).where(Event.status == EventStatus.PUBLISHED, Event.starts_at <= caller.now)
    if starts is not None and ends is not None:
        first, last = (datetime.combine(day, time(), UTC) for day in (starts - AROUND, ends + AROUND))
        events = events.where(Event.starts_at >= first, Event.starts_at <= last)
    return session.scalars(events.order_by(Event.starts_at.desc(), Event.id).limit(MOST)).all()


def responsible(session: Session, caller: StaffCaller, *, line_id: int) -> list[tuple[int, str]]:
    """Lists those within reach who answer for a line: (id, name and place)."""
    return _named(session, caller, PlanResponsible.line_id == line_id, Person.id == PlanResponsible.person_id)


def people_like(session: Session, caller: StaffCaller, *, line_id: int, text: str) -> list[tuple[int, str]]:
    """Finds people within reach by name who do not answer for the line yet: (id, name and place)."""
    if len(text) < 2:
        return []
    named = select(PlanResponsible.person_id).where(PlanResponsible.line_id == line_id)
    return _named(
        session,
        caller,
        matches(text, Person.full_name),
        Person.erased_at.is_(None),
        Person.profile_saved_at.is_not(None),
        Person.id.not_in(named),
        limit=PEOPLE,
    )


def _named(
    session: Session, caller: StaffCaller, *conditions: ColumnElement[bool], limit: int | None = None
) -> list[tuple[int, str]]:
    found = session.execute(
        select(Person.id, Person.full_name, Municipality.name)
        .outerjoin(Municipality, Municipality.id == Person.municipality_id)
        .where(caller.scope.limits(Person), *conditions)
        .order_by(Person.full_name, Person.id)
        .limit(limit)
    )
    return [(row[0], ", ".join(part for part in row[1:] if part)) for row in found]
