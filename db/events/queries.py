"""Reading events: for a person of the bot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from db.dictionaries.models import Municipality, Term
from db.events.models import Event, EventComponent, EventMode, EventStatus


@dataclass(frozen=True, slots=True)
class Line:
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
class Filters:
    """What the calendar shows: one format, one component, one mode; only the own municipality and the region's."""

    format_id: int | None = None
    component: str | None = None
    mode: EventMode | None = None
    near: bool = True


def serving(
    session: Session, *, components: Sequence[str], municipality_id: int | None, now: datetime, limit: int = 3
) -> list[Line]:
    """Coming events that serve the components, the first component's first, the nearest in time first.

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
            Event.starts_at > now,
            attendable(municipality_id),
            or_(Event.capacity.is_(None), Event.seated < Event.capacity),
        )
        .order_by(found.c.rank, Event.starts_at, Event.id)
        .limit(limit)
    )
    return [Line(*row) for row in rows]


def attendable(municipality_id: int | None) -> ColumnElement[bool]:
    """Whether somebody of this municipality may attend; the same rule as `rules.may_attend`."""
    return or_(Event.municipality_id.is_(None), Event.open_to_all, Event.municipality_id == municipality_id)


def _lines() -> Select[Any]:
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
