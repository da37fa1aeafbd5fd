"""The year's plan behind a route: drafted from the result, then accepted, swapped, moved, added to and proved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.diagnostics.queries import Result
from db.errors import ConflictError, DomainError, NotFoundError
from db.events import queries as events
from db.mentoring.queries import has_mentor
from db.people.models import Person
from db.routes import services
from db.routes.models import EvidenceKind, ItemKind, ItemStatus, Route, RouteItem, RouteStatus
from db.routes.queries import days_ahead, last_result, live_of, steps_of
from db.routes.rules import (
    EVIDENCE,
    LINES,
    PROVED,
    THEMES,
    PlanLineDraft,
    ServingEvent,
    evidence_of,
    later_month,
    months,
    year_draft,
)
from db.transitions import move

CHOICE = 3
"""As many events of a theme as a line may be swapped through."""
OWN_LENGTH = 300


@dataclass(frozen=True, slots=True)
class YearPlan:
    """The plan of the own route by month. `drafts` says that there is a result to draft it from, and it was not yet."""

    route: Route | None
    lines: Sequence[RouteItem]
    drafts: bool

    @property
    def proposed(self) -> int:
        """How many lines are not one's own yet."""
        return sum(one.status is ItemStatus.PROPOSED for one in self.lines)

    @property
    def proved(self) -> int:
        """How many lines are done."""
        return sum(one.status is ItemStatus.DONE for one in self.lines)


def year(session: Session, caller: PersonCaller) -> YearPlan:
    """Reads the plan of the own route."""
    route = session.scalar(live_of(caller.person_id))
    lines = _lines(session, route) if route is not None else ()
    own = all(one.kind is ItemKind.OWN for one in lines) and (route is None or not _drafted(session, route))
    return YearPlan(route, lines, own and last_result(session, caller) is not None)


def draft(session: Session, caller: PersonCaller) -> YearPlan:
    """Drafts the plan from one's own last result, once; a route that there was not begins as a draft.

    Raises NotFoundError where there is no result.
    """
    result = last_result(session, caller)
    if result is None:
        raise NotFoundError
    route = services.live_or(session, caller, RouteStatus.DRAFT)
    if not _drafted(session, route):
        for line in _drafts(session, caller, route, result):
            _add(session, caller, route, line, status=ItemStatus.PROPOSED, attempt_id=result.attempt_id)
    session.flush()
    return year(session, caller)


def agree(session: Session, caller: PersonCaller) -> YearPlan:
    """Takes every line that is still proposed; a draft is agreed. Raises NotFoundError where there is no plan."""
    route = services.live(session, caller)
    lines = _lines(session, route)
    if not lines:
        raise NotFoundError
    for line in lines:
        if line.status is ItemStatus.PROPOSED:
            services.answer(caller, line)
            move(line, ItemStatus.OPEN)
    if route.status is RouteStatus.DRAFT:
        services.begin(caller, route, RouteStatus.AGREED)
    session.flush()
    return year(session, caller)


def accept(session: Session, caller: PersonCaller, *, item_id: int) -> RouteItem:
    """Takes one proposed line. Raises NotFoundError, ConflictError `route_item_closed`."""
    item = _line(session, caller, item_id)
    if item.status is not ItemStatus.OPEN:
        services.answer(caller, item)
        move(item, ItemStatus.OPEN)
    return item


def swap(session: Session, caller: PersonCaller, *, item_id: int) -> RouteItem:
    """Puts something else of the same sense in a line: another event or a course, practice, or way to talk it through.

    Raises NotFoundError for a line in own words, ConflictError `route_item_closed`, DomainError `route_no_other`.
    """
    item = _line(session, caller, item_id)
    _check_open(item)
    if item.kind in (ItemKind.EVENT, ItemKind.COURSE):
        _other_event(session, caller, item)
    elif item.kind is ItemKind.PRACTICE:
        _other_practice(session, caller, item)
    elif item.kind in (ItemKind.TALK, ItemKind.VISIT):
        item.kind = ItemKind.VISIT if item.kind is ItemKind.TALK else ItemKind.TALK
    else:
        raise NotFoundError
    item.evidence = EVIDENCE[item.kind]
    session.flush()
    return item


def postpone(session: Session, caller: PersonCaller, *, item_id: int) -> RouteItem:
    """Moves a line to the next month with lessons; an event stays where it is.

    Raises NotFoundError, ConflictError `route_item_closed`.
    """
    item = _line(session, caller, item_id)
    _check_open(item)
    if item.kind is ItemKind.EVENT or item.term is None:
        raise NotFoundError
    item.term = later_month(item.term, today=_today(caller))
    return item


def add_own(session: Session, caller: PersonCaller, *, text: str) -> RouteItem:
    """Adds a line in one's own words, for the nearest month with lessons. Raises DomainError `route_plan_full`."""
    route = services.live_or(session, caller, RouteStatus.DRAFT)
    lines = _lines(session, route)
    if len(lines) >= LINES:
        raise DomainError("route_plan_full", most=LINES)
    for line in lines:
        if line.kind is ItemKind.OWN and line.text == text and line.status is ItemStatus.OPEN:
            return line
    made = PlanLineDraft(ItemKind.OWN, "", text, months(_today(caller))[0])
    return _add(session, caller, route, made, status=ItemStatus.OPEN, attempt_id=None)


def try_out(session: Session, caller: PersonCaller, *, item_id: int) -> tuple[RouteItem, list[date]]:
    """Makes a practice of the plan an open step; returns it and the days on which it can be tried.

    Raises NotFoundError, ConflictError `route_item_closed`, DomainError `route_full`.
    """
    item = _line(session, caller, item_id)
    if item.kind is ItemKind.STEP and item.status is ItemStatus.OPEN:
        return item, days_ahead(session, caller)
    _check_open(item)
    if item.kind is not ItemKind.PRACTICE:
        raise NotFoundError
    services.check_room(session, item)
    services.as_step(item)
    services.begin(caller, item.route)
    session.flush()
    return item, days_ahead(session, caller)


def prove(session: Session, caller: PersonCaller, *, item_id: int, text: str) -> RouteItem:
    """Closes a line of the plan by a word or a link that shows it; the first one begins a planned route.

    A line that is done already keeps the newest. Raises NotFoundError, ConflictError `route_item_closed`.
    """
    item = _line(session, caller, item_id)
    if item.kind not in PROVED:
        raise NotFoundError
    if item.status not in (ItemStatus.OPEN, ItemStatus.DONE):
        raise ConflictError("route_item_closed")
    if evidence_of(text) is EvidenceKind.LINK:
        item.link = text
    else:
        item.word = text
    if item.status is ItemStatus.OPEN:
        services.begin(caller, item.route)
        services.close(session, caller, item, ItemStatus.DONE)
    services.reflect(caller, item)
    session.flush()
    return item


def _line(session: Session, caller: PersonCaller, item_id: int) -> RouteItem:
    item = services.own(session, caller, item_id)
    if item.term is None:
        raise NotFoundError
    return item


def _check_open(item: RouteItem) -> None:
    if item.status not in (ItemStatus.PROPOSED, ItemStatus.OPEN):
        raise ConflictError("route_item_closed")


def _today(caller: PersonCaller) -> date:
    return caller.now.astimezone(caller.zone).date()


def _lines(session: Session, route: Route) -> Sequence[RouteItem]:
    rows = select(RouteItem).where(
        RouteItem.route_id == route.id, RouteItem.term.is_not(None), RouteItem.status != ItemStatus.DROPPED
    )
    return session.scalars(rows.order_by(RouteItem.term, RouteItem.id)).all()


def _drafted(session: Session, route: Route) -> int:
    lines = select(func.count()).where(
        RouteItem.route_id == route.id, RouteItem.term.is_not(None), RouteItem.kind != ItemKind.OWN
    )
    return session.scalar(lines) or 0


def _add(
    session: Session,
    caller: PersonCaller,
    route: Route,
    line: PlanLineDraft,
    *,
    status: ItemStatus,
    attempt_id: int | None,
) -> RouteItem:
    made = RouteItem(
        route_id=route.id,
        kind=line.kind,
        status=status,
        attempt_id=attempt_id,
        component=line.component or None,
        item=line.item,
        text=line.text,
        event_id=line.event_id,
        term=line.term,
        evidence=EVIDENCE[line.kind],
        taken_at=caller.now,
    )
    session.add(made)
    session.flush()
    return made


def _drafts(session: Session, caller: PersonCaller, route: Route, result: Result) -> list[PlanLineDraft]:
    """The lines that a result leads to, without what the route has already."""
    themes = [one.component for one in result.priorities or result.in_order][:THEMES]
    rows = session.execute(select(RouteItem.item, RouteItem.event_id).where(RouteItem.route_id == route.id)).all()
    codes, event_ids = {row.item or "" for row in rows}, {row.event_id for row in rows}
    nearest = {
        one.code: [found for found in _serving(session, caller, one.code) if found.event_id not in event_ids]
        for one in themes
    }
    practices = steps_of(result, taken=codes)
    return year_draft(_today(caller), themes, practices, nearest, mentored=has_mentor(session, caller))


def _serving(session: Session, caller: PersonCaller, component: str) -> list[ServingEvent]:
    unit = session.scalar(select(Person.municipality_id).where(Person.id == caller.person_id))
    found = events.serving(session, caller, components=[component], municipality_id=unit, limit=CHOICE)
    return [
        ServingEvent(one.id, one.title, one.starts_at.astimezone(caller.zone).date().replace(day=1)) for one in found
    ]


def _other_event(session: Session, caller: PersonCaller, item: RouteItem) -> None:
    """The next event of the theme that is not in the route; after the last a course to look for."""
    used = set(session.scalars(select(RouteItem.event_id).where(RouteItem.route_id == item.route_id)))
    serving = _serving(session, caller, item.component or "")
    place = next((number for number, one in enumerate(serving) if one.event_id == item.event_id), -1)
    event = next((one for one in serving[place + 1 :] if one.event_id not in used), None)
    if event is not None:
        item.kind, item.event_id, item.text, item.term = ItemKind.EVENT, event.event_id, event.title, event.month
    elif item.kind is ItemKind.EVENT:
        result = last_result(session, caller)
        named = {one.component.code: one.component.title for one in result.components} if result else {}
        item.kind, item.event_id, item.text = ItemKind.COURSE, None, named.get(item.component or "", item.text)
    else:
        raise DomainError("route_no_other")


def _other_practice(session: Session, caller: PersonCaller, item: RouteItem) -> None:
    """The next step of the same component; after the last the first again, without those that the route has."""
    result = last_result(session, caller)
    rows = session.scalars(select(RouteItem.item).where(RouteItem.route_id == item.route_id, RouteItem.id != item.id))
    free = steps_of(result, taken={row or "" for row in rows}) if result else []
    offers = [one for one in free if one.component.code == item.component]
    place = next((number for number, one in enumerate(offers) if one.item.code == item.item), -1)
    others = [one for one in offers[place + 1 :] + offers[: max(place, 0)] if one.item.code != item.item]
    if not others or result is None:
        raise DomainError("route_no_other")
    item.item, item.text, item.attempt_id = others[0].item.code, others[0].item.step or "", result.attempt_id
