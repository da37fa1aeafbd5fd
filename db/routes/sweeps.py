"""Asks how a step went after its lesson, and what one takes along from an event of the route."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller
from db.dictionaries.rules import Rules
from db.events.models import Event, EventStatus, Registration
from db.events.queries import was_there
from db.notices.rules import waking_moment
from db.routes import notices, services
from db.routes.models import ItemStatus, Route, RouteItem, RouteStatus
from db.routes.rules import ATTENDED_WITHIN
from db.transitions import move

AT_ONCE = 200


def ask_how_it_went(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Puts in the questions about steps whose lessons are over, each once for a chosen day."""
    rows = session.scalars(
        select(RouteItem)
        .where(RouteItem.ask_at <= caller.now)
        .options(joinedload(RouteItem.route))
        .order_by(RouteItem.ask_at, RouteItem.id)
        .limit(AT_ONCE)
        .with_for_update(of=RouteItem, skip_locked=True)
    ).all()
    for item in rows:
        item.ask_at = None
        if item.status is ItemStatus.OPEN and item.route.status is RouteStatus.ACTIVE:
            notices.ask(session, caller, item, due_at=waking_moment(caller.now, rules=rules, zone=caller.zone))


def note_attendance(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Has events of a route that one was at wait for a word of one's own, and asks for it once."""
    rows = session.scalars(
        select(RouteItem)
        .join(Event, Event.id == RouteItem.event_id)
        .join(Route, Route.id == RouteItem.route_id)
        .join(Registration, (Registration.event_id == Event.id) & (Registration.person_id == Route.person_id))
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.ends_at > caller.now - ATTENDED_WITHIN,
            Event.starts_at <= caller.now,
            RouteItem.status == ItemStatus.OPEN,
            Route.status.in_((RouteStatus.AGREED, RouteStatus.ACTIVE)),
            was_there(caller),
        )
        .options(joinedload(RouteItem.route))
        .order_by(RouteItem.id)
        .limit(AT_ONCE)
        .with_for_update(of=RouteItem, skip_locked=True)
    ).all()
    for item in rows:
        move(item, ItemStatus.AWAITING)
        services.begin(caller, item.route)
        due = waking_moment(caller.now, rules=rules, zone=caller.zone)
        notices.ask_of_event(session, caller, item, due_at=due)


EVERY_MINUTE = (ask_how_it_went, note_attendance)
EVERY_HOUR = ()
