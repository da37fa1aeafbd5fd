"""Reads routes that methodists draft for a group, a school or a programme's group: whom for, and how they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from db.caller import StaffCaller
from db.errors import NotFoundError
from db.events.models import Event, Registration, RegistrationStatus
from db.groups.models import GroupMember, GroupStatus, MemberStatus, MethodicalGroup
from db.groups.staff_queries import reached
from db.people.models import Consent, Person
from db.programmes.models import ProgrammeRun
from db.routes.models import GroupRoute, GroupRouteLine, Route, RouteItem
from db.scope import Scope


@dataclass(frozen=True, slots=True)
class GroupRouteRow:
    """A route in the list, with how many lines it has."""

    row: GroupRoute
    lines: int


@dataclass(frozen=True, slots=True)
class GroupRoutePage:
    """A route with its lines. `people` are those whom it is for now, `offered` how many have been offered it.

    How many took a line is told by whole groups of them: `db/overviews/group_route.py`.
    """

    row: GroupRoute
    lines: Sequence[GroupRouteLine]
    people: int
    offered: int


def group_routes(session: Session, caller: StaffCaller) -> list[GroupRouteRow]:
    """Lists what is within reach, the newest first."""
    lines = select(func.count()).where(GroupRouteLine.group_route_id == GroupRoute.id).correlate(GroupRoute)
    rows = session.execute(
        select(GroupRoute, lines.scalar_subquery())
        .where(within(caller.scope))
        .options(*WHOM)
        .order_by(GroupRoute.id.desc())
    )
    return [GroupRouteRow(*row) for row in rows]


def group_route(session: Session, caller: StaffCaller, *, group_route_id: int) -> GroupRoutePage:
    """Returns one with its lines. Raises NotFoundError for one out of reach."""
    where = (GroupRoute.id == group_route_id, within(caller.scope))
    row = session.scalar(select(GroupRoute).where(*where).options(*WHOM))
    if row is None:
        raise NotFoundError
    mine = GroupRouteLine.group_route_id == row.id
    lines = session.scalars(select(GroupRouteLine).where(mine).order_by(GroupRouteLine.due_on, GroupRouteLine.id))
    offered = (
        select(func.count(Route.person_id.distinct()))
        .join(RouteItem, RouteItem.route_id == Route.id)
        .join(GroupRouteLine, GroupRouteLine.id == RouteItem.line_id)
        .where(mine)
    )
    return GroupRoutePage(row, lines.all(), len(people_of(session, row)), session.scalar(offered) or 0)


def groups_to_choose(session: Session, caller: StaffCaller) -> list[tuple[int, str]]:
    """Lists working groups within reach."""
    rows = session.execute(
        select(MethodicalGroup.id, MethodicalGroup.name)
        .where(reached(caller.scope), MethodicalGroup.status == GroupStatus.ACTIVE)
        .order_by(MethodicalGroup.name, MethodicalGroup.id)
    )
    return [(row.id, row.name) for row in rows]


def runs_to_choose(session: Session, caller: StaffCaller) -> list[tuple[int, str, date]]:
    """Lists programmes' groups within reach that are not over, with the day that each begins."""
    rows = session.execute(
        select(Event.id, Event.title, Event.starts_at)
        .join(ProgrammeRun, ProgrammeRun.event_id == Event.id)
        .where(caller.scope.limits(Event), Event.ends_at > caller.now)
        .order_by(Event.starts_at, Event.id)
    )
    return [(row.id, row.title, row.starts_at.astimezone(caller.zone).date()) for row in rows]


def people_of(session: Session, row: GroupRoute) -> Sequence[int]:
    """Lists those whom a route is for, with a consent in force."""
    if row.group_id is not None:
        inside = select(GroupMember.person_id).where(
            GroupMember.group_id == row.group_id, GroupMember.status == MemberStatus.ACTIVE
        )
    elif row.event_id is not None:
        inside = select(Registration.person_id).where(
            Registration.event_id == row.event_id, Registration.status == RegistrationStatus.SEATED
        )
    else:
        inside = select(Person.id).where(Person.organisation_id == row.organisation_id)
    agreed = exists().where(Consent.person_id == Person.id, Consent.withdrawn_at.is_(None))
    whole = select(Person.id).where(Person.id.in_(inside), Person.erased_at.is_(None), agreed)
    return session.scalars(whole.order_by(Person.id)).all()


def within(scope: Scope) -> ColumnElement[bool]:
    """Returns the condition that an account reaches a route: by its municipality, or by its group."""
    groups = select(MethodicalGroup.id).where(reached(scope))
    return or_(scope.limits(GroupRoute), GroupRoute.group_id.in_(groups))


WHOM = [
    joinedload(one) for one in (GroupRoute.group, GroupRoute.organisation, GroupRoute.event, GroupRoute.municipality)
]
