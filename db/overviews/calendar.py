"""Reads what the bot's pages of events show: an event or a month, with the names of components and formats."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    Case,
    ColumnElement,
    Integer,
    String,
    bindparam,
    case,
    cast,
    func,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from db.caller import Caller, PersonCaller
from db.dictionaries.models import Term
from db.events import queries
from db.events.models import Event, EventComponent, EventStatus
from db.events.queries import LINES, CalendarFilters, EventCard, EventLine
from db.events.rules import shown_days
from db.presence.models import EventSession


@dataclass(frozen=True, slots=True)
class Month:
    """A page of the events of a month or, without `first_day`, of the coming days.

    `page` (from 0) is one that exists; `earlier` and `later` months have events too.
    """

    first_day: date | None
    lines: list[EventLine]
    page: int
    pages: int
    earlier: date | None
    later: date | None


def card(session: Session, caller: PersonCaller, *, event_id: int) -> tuple[EventCard, dict[str, str]]:
    """Returns an event as this person may see it, and titles of its components by code. Raises NotFoundError."""
    found = queries.card(session, caller, event_id=event_id)
    return found, queries.component_names(session) if found.components else {}


def card_by_code(session: Session, caller: PersonCaller, *, code: str) -> tuple[EventCard, dict[str, str]]:
    """As `card`, by the code of a deep link."""
    return card(session, caller, event_id=queries.event_id_of(session, code=code))


def month(
    session: Session,
    caller: Caller,
    *,
    first_day: date | None,
    page: int,
    size: int,
    filters: CalendarFilters,
    municipality_id: int | None,
) -> tuple[Month, dict[int, str], dict[str, str]]:
    """Lists published events that are not over, under the filters: of a local month, by default of the coming days.

    What is held by lessons stands by the next of them.
    Returns also the `names` of the filters that are chosen. A page without any is one statement: this is what people
    tap most.
    """
    days = caller.now.astimezone(caller.zone).date(), caller.zone
    asked = {
        "now": caller.now,
        "municipality": municipality_id,
        "format": filters.format_id,
        "component": filters.component,
        "mode": filters.mode,
        "near": filters.near,
        "size": size,
    }
    while True:
        begins, ends = shown_days(first_day, *days)
        asked |= {"begins": begins, "ends": ends, "skipped": page * size}
        rows = session.connection().execute(_MONTH, asked).all()
        count, earlier, later = rows[0][:AROUND]
        last = max(0, -(-count // size) - 1)
        if page > last:
            page = last
        elif count or first_day or later is None:
            break
        else:
            first_day = _month(later, caller)
    lines = [EventLine(*row[AROUND:]) for row in rows] if count else []
    found = Month(first_day, lines, page, last + 1, _month(earlier, caller), _month(later, caller))
    formats = dict(formats_in_use(session, caller)) if filters.format_id else {}
    return found, formats, queries.component_names(session) if filters.component else {}


def names(session: Session, caller: PersonCaller) -> tuple[dict[int, str], dict[str, str]]:
    """Returns names of the formats that coming events have, by id, and titles of components, by code."""
    return dict(formats_in_use(session, caller)), queries.component_names(session)


def formats_in_use(session: Session, caller: Caller) -> list[tuple[int, str]]:
    """Lists formats of coming events, by name: a filter that would find nothing is not offered."""
    return [(row[0], row[1]) for row in session.execute(_FORMATS, {"now": caller.now})]


def coming(session: Session, caller: Caller, *, municipality_id: int | None, limit: int = 100) -> list[tuple[int, str]]:
    """Lists the next events that somebody of this municipality may attend: id and title."""
    ahead = Event.status == EventStatus.PUBLISHED, Event.ends_at > caller.now, queries.attendable(municipality_id)
    rows = session.execute(select(Event.id, Event.title).where(*ahead).order_by(Event.starts_at, Event.id).limit(limit))
    return [(row.id, row.title) for row in rows]


_FORMATS = (
    select(Term.id, func.coalesce(Term.short, Term.name))
    .where(
        Term.id.in_(
            select(Event.format_id).where(Event.status == EventStatus.PUBLISHED, Event.ends_at > bindparam("now"))
        )
    )
    .order_by(Term.name)
)


def _month(moment: datetime | None, caller: Caller) -> date | None:
    return moment and moment.astimezone(caller.zone).date().replace(day=1)


_MUNICIPALITY = bindparam("municipality", type_=Integer)


def _chosen(name: str, column: ColumnElement[Any]) -> ColumnElement[bool]:
    asked = bindparam(name, type_=column.type)
    return or_(cast(asked, column.type).is_(None), column == asked)  # PostgreSQL can't guess what a bare parameter is


_SHOWN = (
    Event.status == EventStatus.PUBLISHED,
    Event.ends_at > bindparam("now"),
    queries.attendable(_MUNICIPALITY),
    or_(
        not_(bindparam("near", type_=Boolean)),
        Event.municipality_id.is_(None),
        Event.municipality_id == _MUNICIPALITY,
        Event.for_network,
    ),
    _chosen("format", Event.__table__.c.format_id),
    _chosen("mode", Event.__table__.c.mode),
    or_(
        bindparam("component", type_=String).is_(None),
        Event.id.in_(select(EventComponent.event_id).where(EventComponent.component == bindparam("component"))),
    ),
)
_BEGINS: BindParameter[datetime] = bindparam("begins")
_ENDS: BindParameter[datetime] = bindparam("ends")


def _of_next_lesson(column: InstrumentedAttribute[datetime], own: InstrumentedAttribute[datetime]) -> Case[datetime]:
    """A moment of an event; of what is held by lessons, that of the first lesson that is not over."""
    ahead = (
        select(column)
        .where(EventSession.event_id == Event.id, EventSession.ends_at > bindparam("now"))
        .order_by(EventSession.starts_at, EventSession.id)
        .limit(1)
        .correlate(Event)
    )
    return case((Event.by_parts, func.coalesce(ahead.scalar_subquery(), own)), else_=own)


# Looked through once, for the page and for what is said of the rest.
_COMING = (
    select(
        Event.id,
        _of_next_lesson(EventSession.starts_at, Event.starts_at).label("starts_at"),
        _of_next_lesson(EventSession.ends_at, Event.ends_at).label("ends_at"),
    )
    .where(*_SHOWN)
    .cte("coming")
)
_STARTS = _COMING.c.starts_at
_ABOUT = select(
    func.count().filter(_STARTS >= _BEGINS, _STARTS < _ENDS).label("count"),
    func.max(_STARTS).filter(_STARTS < _BEGINS).label("earlier"),
    func.min(_STARTS).filter(_STARTS >= _ENDS).label("later"),
)
AROUND = len(_ABOUT.selected_columns)
_CHOSEN = (
    select(_COMING)
    .where(_STARTS >= _BEGINS, _STARTS < _ENDS)
    .order_by(_STARTS, _COMING.c.id)
    .limit(bindparam("size", 1, type_=Integer))
    .offset(bindparam("skipped", 0, type_=Integer))
    .subquery("chosen")
)
_TOLD = {one.key: one for one in (_CHOSEN.c.starts_at, _CHOSEN.c.ends_at)}
_PAGE = LINES.with_only_columns(
    *(_TOLD.get(one.key or "", one) for one in LINES.selected_columns), maintain_column_froms=True
).join(_CHOSEN, _CHOSEN.c.id == Event.id)
_ABOUT_ALL, _PAGE_OF = _ABOUT.subquery(), _PAGE.subquery()
# One row at least, so that what is said of the rest is there for a page without events too.
_MONTH = (
    select(*_ABOUT_ALL.c, *_PAGE_OF.c)
    .outerjoin_from(_ABOUT_ALL, _PAGE_OF, true())
    .order_by(_PAGE_OF.c.starts_at, _PAGE_OF.c.id)
)
