"""Reads what the bot's pages of events show: an event or a month, with the names of components and formats."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import Caller, PersonCaller
from db.events import queries
from db.events.models import Event, EventStatus
from db.events.queries import CalendarFilters, EventCard, Month


def card(session: Session, caller: PersonCaller, *, event_id: int) -> tuple[EventCard, dict[str, str]]:
    """Returns an event as this person may see it, and titles of components by code. Raises NotFoundError."""
    return queries.card(session, caller, event_id=event_id), queries.component_names(session)


def card_by_code(session: Session, caller: PersonCaller, *, code: str) -> tuple[EventCard, dict[str, str]]:
    """As `card`, by the code of a deep link."""
    return card(session, caller, event_id=queries.event_id_of(session, code=code))


def month(
    session: Session,
    caller: PersonCaller,
    *,
    first_day: date | None,
    filters: CalendarFilters,
    municipality_id: int | None,
) -> tuple[Month, dict[int, str], dict[str, str]]:
    """Returns a month of events under the filters, and the filters' `names`."""
    found = queries.month(session, caller, first_day=first_day, filters=filters, municipality_id=municipality_id)
    return found, *names(session, caller)


def names(session: Session, caller: PersonCaller) -> tuple[dict[int, str], dict[str, str]]:
    """Returns names of the formats that coming events have, by id, and titles of components, by code."""
    return dict(queries.formats_in_use(session, caller)), queries.component_names(session)


def coming(session: Session, caller: Caller, *, municipality_id: int | None, limit: int = 100) -> list[tuple[int, str]]:
    """Lists the next events that somebody of this municipality may attend: id and title."""
    ahead = Event.status == EventStatus.PUBLISHED, Event.ends_at > caller.now, queries.attendable(municipality_id)
    rows = session.execute(select(Event.id, Event.title).where(*ahead).order_by(Event.starts_at, Event.id).limit(limit))
    return [(row.id, row.title) for row in rows]
