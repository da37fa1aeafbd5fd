"""What a person does with the own route in the bot."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller, PersonCaller
from db.diagnostics import queries as diagnostics
from db.dictionaries.queries import rules as region_rules
from db.errors import ConflictError, DomainError, NotFoundError
from db.events.models import Event, EventStatus
from db.notices import services as notices
from db.people.models import Person
from db.routes.models import ItemKind, ItemStatus, Route, RouteItem, RouteShare, RouteStatus, StepOutcome, StepSetting
from db.routes.notices import prefix
from db.routes.queries import LIVE, RouteHome, days_ahead, home, live_of, steps_of, taken_items
from db.routes.rules import OPEN_STEPS, asks_at, may_plan
from db.transitions import move

WORD_LENGTH = 1000


def take_step(session: Session, caller: PersonCaller, *, attempt_id: int, item: str) -> tuple[RouteItem, list[date]]:
    """Takes the step of an item of one's own last result into the route; one that is open already is returned.

    Returns it and the days on which it can be tried. Raises NotFoundError for another's result, an older one or an
    item that this result offers no step for, DomainError `route_full`.
    """
    result = diagnostics.result(session, caller, attempt_id=attempt_id)
    route = _route(session, caller)
    open_steps = _open_steps(session, route.id)
    for one in open_steps:
        if one.item == item:
            return one, days_ahead(session, caller)
    taken = taken_items(session, route_id=route.id) - {item}
    offer = next((one for one in steps_of(result, taken=taken) if one.item.code == item), None)
    if offer is None or not result.last:
        raise NotFoundError
    if len(open_steps) >= OPEN_STEPS:
        raise DomainError("route_full", most=OPEN_STEPS)
    waits = select(RouteItem).where(
        RouteItem.route_id == route.id,
        RouteItem.kind == ItemKind.PRACTICE,
        RouteItem.item == item,
        RouteItem.status.in_((ItemStatus.PROPOSED, ItemStatus.OPEN)),
    )
    if (line := session.scalars(waits.order_by(RouteItem.id).limit(1).with_for_update()).first()) is not None:
        as_step(line)
        return line, days_ahead(session, caller)
    made = RouteItem(
        route_id=route.id,
        kind=ItemKind.STEP,
        attempt_id=attempt_id,
        component=offer.component.code,
        item=item,
        text=offer.item.step,
        taken_at=caller.now,
    )
    session.add(made)
    session.flush()
    return made, days_ahead(session, caller)


def take_found(session: Session, caller: PersonCaller, *, text: str, component: str | None) -> RouteItem:
    """Takes a step that no result names, such as a colleague's practice, into the route.

    Raises DomainError `route_full`.
    """
    route = _route(session, caller)
    if len(_open_steps(session, route.id)) >= OPEN_STEPS:
        raise DomainError("route_full", most=OPEN_STEPS)
    made = RouteItem(route_id=route.id, kind=ItemKind.STEP, component=component, text=text, taken_at=caller.now)
    session.add(made)
    session.flush()
    return made


def take_event(session: Session, caller: PersonCaller, *, event_id: int) -> RouteItem:
    """Takes a coming event into the route; one that is in it already is returned, and goes on where it was dropped.

    Raises NotFoundError for an event that is not announced, ConflictError `event_started`.
    """
    event = session.get(Event, event_id)
    if event is None or event.status is not EventStatus.PUBLISHED:
        raise NotFoundError("event_not_found")
    route = _route(session, caller)
    found = session.scalar(select(RouteItem).where(RouteItem.route_id == route.id, RouteItem.event_id == event_id))
    if found is not None:
        if found.status is ItemStatus.DROPPED:
            _reopen(found)
        elif found.status is ItemStatus.PROPOSED:
            move(found, ItemStatus.OPEN)
        return found
    if event.starts_at <= caller.now:
        raise ConflictError("event_started")
    made = RouteItem(route_id=route.id, kind=ItemKind.EVENT, event_id=event_id, text=event.title, taken_at=caller.now)
    session.add(made)
    session.flush()
    return made


def plan(session: Session, caller: PersonCaller, *, item_id: int, day: date, setting: StepSetting) -> RouteItem:
    """Says when and with whom an open step is tried; how it went is asked that day after lessons.

    Raises NotFoundError, ConflictError `route_item_closed`, DomainError `route_day`.
    """
    item = own(session, caller, item_id)
    if item.kind is not ItemKind.STEP or item.status is not ItemStatus.OPEN:
        raise ConflictError("route_item_closed")
    today = caller.now.astimezone(caller.zone).date()
    if not may_plan(day, today=today, rules=region_rules(session)):
        raise DomainError("route_day")
    if (item.planned_on, item.setting) == (day, setting) and item.ask_at is not None:
        return item
    item.planned_on, item.setting, item.turn = day, setting, item.turn + 1
    item.ask_at = asks_at(day, now=caller.now, zone=caller.zone)
    notices.cancel_prefix(session, prefix=prefix(item.id))
    return item


def report(session: Session, caller: PersonCaller, *, item_id: int, outcome: StepOutcome) -> RouteItem:
    """Says how a step went. What did not work out stays open, to be tried on another day or dropped.

    Raises NotFoundError, ConflictError `route_item_closed`.
    """
    item = own(session, caller, item_id)
    if item.kind is not ItemKind.STEP:
        raise NotFoundError
    if item.status is ItemStatus.DONE and item.outcome is outcome:
        return item
    if item.status is not ItemStatus.OPEN:
        raise ConflictError("route_item_closed")
    item.outcome = outcome
    if outcome is StepOutcome.WORKED:
        close(session, caller, item, ItemStatus.DONE)
    else:
        _unplan(session, item)
    return item


def say(session: Session, caller: PersonCaller, *, item_id: int, word: str) -> RouteItem:
    """Keeps a line of reflection; an event that waited for it is done with it. Raises NotFoundError."""
    item = own(session, caller, item_id)
    item.word = word
    if item.status is ItemStatus.AWAITING:
        close(session, caller, item, ItemStatus.DONE)
    reflect(caller, item)
    return item


def drop(session: Session, caller: PersonCaller, *, item_id: int) -> RouteItem:
    """Leaves an item out of the route. Raises NotFoundError, ConflictError `route_item_closed`."""
    item = own(session, caller, item_id)
    if item.status is not ItemStatus.DROPPED:
        answer(caller, item)
        close(session, caller, item, ItemStatus.DROPPED)
    return item


def reopen(session: Session, caller: PersonCaller, *, item_id: int) -> RouteItem:
    """Opens again what was closed by a wrong tap. Raises NotFoundError, DomainError `route_full`."""
    item = own(session, caller, item_id)
    if item.kind is ItemKind.STEP and item.status in (ItemStatus.DONE, ItemStatus.DROPPED):
        check_room(session, item)
    if item.status in (ItemStatus.DONE, ItemStatus.DROPPED):
        _reopen(item)
    return item


def pause(session: Session, caller: PersonCaller) -> RouteHome:
    """Stops all questions about the route until one goes on; returns it.

    Raises NotFoundError where there is none, or a draft that nothing is asked about.
    """
    route = live(session, caller)
    if route.status is RouteStatus.DRAFT:
        raise NotFoundError
    if route.status is not RouteStatus.PAUSED:
        move(route, RouteStatus.PAUSED)
        for item in _open(session, route):
            _unplan(session, item)
    session.flush()
    return home(session, caller)


def resume(session: Session, caller: PersonCaller) -> RouteHome:
    """Goes on with a paused route and returns it. Raises NotFoundError where there is none."""
    route = live(session, caller)
    if route.status is RouteStatus.PAUSED:
        move(route, RouteStatus.ACTIVE)
    session.flush()
    return home(session, caller)


def finish(session: Session, caller: PersonCaller) -> RouteHome:
    """Ends the route; what is open is left out of it, a draft is thrown away. Returns what may begin next.

    Raises NotFoundError.
    """
    route = live(session, caller)
    draft = route.status is RouteStatus.DRAFT
    end(session, caller, route, RouteStatus.CANCELLED if draft else RouteStatus.FINISHED)
    session.flush()
    return home(session, caller)


def end(session: Session, caller: Caller, route: Route, status: RouteStatus) -> None:
    """Ends a route with whatever is open in it, what was still to be asked, and who may look into it."""
    for item in _open(session, route):
        close(session, caller, item, ItemStatus.DROPPED)
    shared = RouteShare.route_id == route.id, RouteShare.revoked_at.is_(None)
    session.execute(update(RouteShare).where(*shared).values(revoked_at=caller.now))
    move(route, status)
    route.ended_at = caller.now


def _route(session: Session, caller: PersonCaller) -> Route:
    """The route that goes on, begun where there is none; a paused or a planned one goes on with what is taken in."""
    route = live_or(session, caller, RouteStatus.ACTIVE)
    begin(caller, route)
    return route


def live_or(session: Session, caller: PersonCaller, status: RouteStatus) -> Route:
    """Returns the own route that goes on, locked; where there is none, a new one of this status."""
    # Two taps at once would begin two: the person is one.
    session.execute(select(Person.id).where(Person.id == caller.person_id).with_for_update())
    route = session.scalar(live_of(caller.person_id).with_for_update())
    if route is None:
        place = session.get_one(Person, caller.person_id).municipality_id
        begun = None if status is RouteStatus.DRAFT else caller.now
        route = Route(person_id=caller.person_id, municipality_id=place, status=status, started_at=begun)
        session.add(route)
        session.flush()
    return route


def begin(caller: Caller, route: Route, to: RouteStatus = RouteStatus.ACTIVE) -> None:
    """Has a route go on: its first deed begins a planned one, and ends a pause. A draft is begun then and not before.

    Whoever was offered a line has a draft too: that is no route of their own yet, in no figure.
    """
    if route.started_at is None:
        route.started_at = caller.now
    if route.status is not to:
        move(route, to)


def answer(caller: Caller, line: RouteItem) -> None:
    """Notes when a line that was offered to a group was first taken or declined."""
    if line.line_id is not None and line.answered_at is None:
        line.answered_at = caller.now


def as_step(line: RouteItem) -> None:
    """Makes a practice of the plan a step of one's own lesson."""
    if line.status is ItemStatus.PROPOSED:
        move(line, ItemStatus.OPEN)
    line.kind = ItemKind.STEP


def live(session: Session, caller: PersonCaller) -> Route:
    """Returns the own route that goes on, locked. Raises NotFoundError where there is none."""
    route = session.scalar(live_of(caller.person_id).with_for_update())
    if route is None:
        raise NotFoundError
    return route


def check_room(session: Session, item: RouteItem) -> None:
    """Looks whether an item may be an open step of its route.

    Raises ConflictError `route_item_closed` where the same one is open already, DomainError `route_full`.
    """
    others = _open_steps(session, item.route_id)
    if item.item is not None and any(one.item == item.item for one in others):
        raise ConflictError("route_item_closed")
    if len(others) >= OPEN_STEPS:
        raise DomainError("route_full", most=OPEN_STEPS)


def _open_steps(session: Session, route_id: int) -> Sequence[RouteItem]:
    open_ones = RouteItem.kind == ItemKind.STEP, RouteItem.status == ItemStatus.OPEN
    return session.scalars(select(RouteItem).where(RouteItem.route_id == route_id, *open_ones)).all()


def own(session: Session, caller: PersonCaller, item_id: int) -> RouteItem:
    """Returns an item of the own route that goes on, locked. Raises NotFoundError."""
    item = session.scalar(
        select(RouteItem)
        .join(Route)
        .where(RouteItem.id == item_id, Route.person_id == caller.person_id, LIVE)
        .options(joinedload(RouteItem.route))
        .with_for_update(of=RouteItem)
    )
    if item is None:
        raise NotFoundError
    return item


def _open(session: Session, route: Route) -> list[RouteItem]:
    rows = select(RouteItem).where(
        RouteItem.route_id == route.id,
        RouteItem.status.in_((ItemStatus.PROPOSED, ItemStatus.OPEN, ItemStatus.AWAITING)),
    )
    return list(session.scalars(rows.order_by(RouteItem.id).with_for_update()))


def close(session: Session, caller: Caller, item: RouteItem, to: ItemStatus) -> None:
    """Ends an item and what was still to be asked about it."""
    move(item, to)
    item.closed_at, item.ask_at = caller.now, None
    if to is ItemStatus.DONE and item.line_id is not None and item.done_at is None:
        item.done_at = caller.now
    reflect(caller, item)
    notices.cancel_prefix(session, prefix=prefix(item.id))


def reflect(caller: Caller, item: RouteItem) -> None:
    """Notes when one first had a word of how a done item went: reports count a person by that once."""
    if item.status is ItemStatus.DONE and item.word is not None and item.reflected_at is None:
        item.reflected_at = caller.now


def _unplan(session: Session, item: RouteItem) -> None:
    item.planned_on = item.setting = item.ask_at = None
    notices.cancel_prefix(session, prefix=prefix(item.id))


def _reopen(item: RouteItem) -> None:
    move(item, ItemStatus.OPEN)
    item.closed_at = item.outcome = None
    item.planned_on = item.setting = item.ask_at = None
