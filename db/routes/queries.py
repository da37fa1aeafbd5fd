"""Reads a person's own route, and what could come into it next."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.diagnostics import queries as diagnostics
from db.diagnostics.offering import own_offers
from db.diagnostics.queries import Result
from db.dictionaries.queries import rules as region_rules
from db.errors import NotFoundError
from db.events import queries as events
from db.events.queries import EventLine
from db.groups.models import GroupMember, GroupStatus, MemberStatus, MethodicalGroup
from db.mentoring.models import Pair, PairStatus
from db.people.models import Person
from db.routes.models import ItemKind, ItemStatus, Route, RouteItem, RouteReader, RouteShare, RouteStatus
from db.routes.rules import OPEN_STEPS, StepOffer, lesson_days, step_offers

EVENTS = 2
SHOWN = 20
"""As many items of the past as a screen may turn through."""
LIVE = Route.status.in_((RouteStatus.DRAFT, RouteStatus.AGREED, RouteStatus.ACTIVE, RouteStatus.PAUSED))


@dataclass(frozen=True, slots=True)
class RouteHome:
    """What /route shows: what is open, how much is done, and what the last result leads to next.

    `attempt_id` is that result, nothing where there is none; `events` serve it and are not in the route yet. `full`
    says that as many steps are open as may be. Behind it stand `lines` of the year's plan, of which `proved` are done;
    `opened` routes of others are open to one.
    """

    route: Route | None
    items: Sequence[RouteItem]
    done: int
    attempt_id: int | None
    step: StepOffer | None
    events: Sequence[EventLine]
    lines: int = 0
    proved: int = 0
    opened: int = 0

    @property
    def open_steps(self) -> int:
        """How many steps are open."""
        return sum(one.kind is ItemKind.STEP and one.status is ItemStatus.OPEN for one in self.items)

    @property
    def full(self) -> bool:
        """Whether no other step may be taken now."""
        return self.open_steps >= OPEN_STEPS


def live_of(person_id: int) -> Select[Route]:
    """Returns the query of the route of a person that is not over."""
    return select(Route).where(Route.person_id == person_id, LIVE)


def home(session: Session, caller: PersonCaller) -> RouteHome:
    """Reads the own route and what could come into it next."""
    route = session.scalar(_ROUTE, {"person": caller.person_id})
    items: Sequence[RouteItem] = []
    done, taken = 0, set[str]()
    planned: set[int] = set()
    lines = proved = 0
    if route is not None:
        items = session.scalars(_ITEMS, {"route": route.id}).all()
        for row in session.execute(_PAST, {"route": route.id}):
            done += row.status is ItemStatus.DONE
            taken |= _taken(row)
            planned.add(row.event_id or 0)
            if row.term is not None and row.status is not ItemStatus.DROPPED:
                lines, proved = lines + 1, proved + (row.status is ItemStatus.DONE)
    result = last_result(session, caller)
    offered = steps_of(result, taken=taken) if result else []
    return RouteHome(
        route,
        items,
        done,
        result.attempt_id if result else None,
        offered[0] if offered else None,
        _events(session, caller, result, planned) if result else (),
        lines,
        proved,
        session.scalar(_OPENED, {"person": caller.person_id}) or 0,
    )


def last_result(session: Session, caller: PersonCaller) -> Result | None:
    """Returns the own last result by the instrument that is offered first, where there is one."""
    found = own_offers(session, caller)
    last = next((one.last_id for one in found if one.last_id is not None), None)
    return diagnostics.result(session, caller, attempt_id=last) if last is not None else None


def offers(session: Session, caller: PersonCaller) -> tuple[int, list[StepOffer]]:
    """Returns the last result and the steps that it still leads to. Raises NotFoundError where there is no result."""
    result = last_result(session, caller)
    if result is None:
        raise NotFoundError
    route_id = session.scalar(_ROUTE.with_only_columns(Route.id), {"person": caller.person_id})
    return result.attempt_id, steps_of(result, taken=taken_items(session, route_id=route_id or 0))


def taken_items(session: Session, *, route_id: int) -> set[str]:
    """Returns the items of the questionnaire that a route has or had steps for."""
    return {code for row in session.execute(_PAST, {"route": route_id}) for code in _taken(row)}


def _taken(row: Any) -> set[str]:
    """A practice of the plan that has not begun may still be taken as the next step."""
    waits = row.kind is ItemKind.PRACTICE and row.status in (ItemStatus.PROPOSED, ItemStatus.OPEN)
    return set() if waits else {row.item or ""}


def steps_of(result: Result, *, taken: Collection[str]) -> list[StepOffer]:
    """Lists the steps that one's own result leads to, the one that it names itself first."""
    return step_offers([one.component for one in result.in_order], result.answers, taken=taken)


def item(session: Session, caller: PersonCaller, *, item_id: int) -> RouteItem:
    """Returns one item of the own route. Raises NotFoundError."""
    found = session.scalar(
        select(RouteItem).join(Route).where(RouteItem.id == item_id, Route.person_id == caller.person_id, LIVE)
    )
    if found is None:
        raise NotFoundError
    return found


def days(session: Session, caller: PersonCaller, *, item_id: int) -> tuple[RouteItem, list[date]]:
    """Returns an own item and the days on which it can be tried. Raises NotFoundError."""
    return item(session, caller, item_id=item_id), days_ahead(session, caller)


def days_ahead(session: Session, caller: PersonCaller) -> list[date]:
    """Lists the days on which a step can be tried."""
    return lesson_days(caller.now.astimezone(caller.zone).date(), region_rules(session))


def past(session: Session, caller: PersonCaller) -> Sequence[RouteItem]:
    """Lists what is done in all own routes, the last first."""
    return session.scalars(
        select(RouteItem)
        .join(Route)
        .where(Route.person_id == caller.person_id, RouteItem.status == ItemStatus.DONE)
        .order_by(RouteItem.closed_at.desc(), RouteItem.id.desc())
        .limit(SHOWN)
    ).all()


def _events(session: Session, caller: PersonCaller, result: Result, planned: set[int]) -> Sequence[EventLine]:
    """The nearest events of the two highest priorities that are not in the route yet."""
    components = [one.component.code for one in result.priorities]
    unit = session.scalar(_UNIT, {"person": caller.person_id})
    found = events.serving(session, caller, components=components, municipality_id=unit, limit=EVENTS + len(planned))
    return [one for one in found if one.id not in planned][:EVENTS]


def reached(reader_id: int | BindParameter[int]) -> ColumnElement[bool]:
    """Returns the condition that a route is open to somebody who still accompanies its person or heads that group.

    The share, its route and the route's person are joined by whoever asks.
    """
    pair = exists().where(
        Pair.mentor_id == reader_id, Pair.mentee_id == Route.person_id, Pair.status == PairStatus.ACTIVE
    )
    group = exists().where(
        MethodicalGroup.id == RouteShare.group_id,
        MethodicalGroup.head_id == reader_id,
        MethodicalGroup.status == GroupStatus.ACTIVE,
        GroupMember.group_id == MethodicalGroup.id,
        GroupMember.person_id == Route.person_id,
        GroupMember.status == MemberStatus.ACTIVE,
    )
    return and_(
        RouteShare.reader_id == reader_id,
        RouteShare.revoked_at.is_(None),
        Person.erased_at.is_(None),
        LIVE,
        or_(and_(RouteShare.reader == RouteReader.MENTOR, pair), and_(RouteShare.reader == RouteReader.HEAD, group)),
    )


_PERSON = bindparam("person", type_=Integer)
_ROUTE = select(Route).where(Route.person_id == _PERSON, LIVE)
_UNIT = select(Person.municipality_id).where(Person.id == _PERSON)
_OF = RouteItem.route_id == bindparam("route", type_=Integer)
_ITEMS = (
    select(RouteItem)
    .where(
        _OF,
        RouteItem.status.in_((ItemStatus.OPEN, ItemStatus.AWAITING)),
        # What the year's plan holds for later stands behind its button.
        or_(RouteItem.term.is_(None), RouteItem.kind == ItemKind.STEP, RouteItem.status == ItemStatus.AWAITING),
    )
    .order_by(RouteItem.status, RouteItem.id)
)
_PAST = select(RouteItem.kind, RouteItem.status, RouteItem.item, RouteItem.event_id, RouteItem.term).where(_OF)
_OPENED = (
    select(func.count())
    .select_from(RouteShare)
    .join(Route, Route.id == RouteShare.route_id)
    .join(Person, Person.id == Route.person_id)
    .where(reached(_PERSON))
)
