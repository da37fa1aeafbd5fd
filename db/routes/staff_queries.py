"""Reads routes for the panel: who has one and how far it is. What stands in it is the person's own."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, select
from sqlalchemy.orm import Session, aliased

from db.caller import StaffCaller
from db.dictionaries.models import Municipality, Organisation
from db.dictionaries.queries import marked
from db.groups import staff_queries as groups
from db.groups.models import GroupMember, MemberStatus
from db.mentoring.models import Pair, PairStatus
from db.people.models import Person, Role, RoleGrant
from db.routes.models import ItemStatus, Route, RouteItem, RouteReader, RouteShare, RouteStatus
from db.routes.queries import LIVE
from db.search import matches

KNOWN = (RouteStatus.AGREED, RouteStatus.ACTIVE, RouteStatus.PAUSED, RouteStatus.FINISHED)


class Wanted(enum.StrEnum):
    """Whose routes: everybody's, those of people whom an active member accompanies, who of them has none, opened."""

    ALL = "all"
    ACCOMPANIED = "accompanied"
    WITHOUT = "without"
    OPENED = "opened"


@dataclass(frozen=True, slots=True)
class RouteRow:
    """A person and the route; no status where there is none.

    `opened_id` is a route that is open to methodists: how much of it is done is told of no other.
    """

    person_id: int
    full_name: str | None
    municipality: str | None
    organisation: str | None
    status: RouteStatus | None
    started_at: datetime | None
    opened_id: int | None = None
    open: int | None = None
    done: int | None = None


@dataclass(frozen=True, slots=True)
class RouteCoverage:
    """«ИОМ у сопровождаемых: N из M» within reach (target 100 %, the regional active's expected result)."""

    routes: int
    people: int


def coverage(session: Session, caller: StaffCaller) -> RouteCoverage:
    """Counts the people whom active members accompany, and those of them who have a route."""
    row = session.execute(
        select(func.count(), func.count(_LAST)).select_from(Person).where(_reach(caller), _ACCOMPANIED)
    ).one()
    return RouteCoverage(row[1], row[0])


def count(
    session: Session,
    caller: StaffCaller,
    *,
    wanted: Wanted,
    words: str = "",
    marks: tuple[str, ...] = (),
    group_id: int | None = None,
) -> int:
    """Counts such people; of a group, where one is named. Raises NotFoundError for a group out of reach."""
    _check_group(session, caller, group_id)
    query = _people(caller, wanted, words, marks, group_id).with_only_columns(func.count())
    return session.scalar(query) or 0


def group_name(session: Session, caller: StaffCaller, *, group_id: int) -> str:
    """Returns the name of a group. Raises NotFoundError for one out of reach."""
    return groups.group(session, caller, group_id=group_id).name


def _check_group(session: Session, caller: StaffCaller, group_id: int | None) -> None:
    if group_id is not None:
        groups.group(session, caller, group_id=group_id)


def listing(
    session: Session,
    caller: StaffCaller,
    *,
    wanted: Wanted,
    words: str = "",
    marks: tuple[str, ...] = (),
    group_id: int | None = None,
    offset: int = 0,
    limit: int | None = None,
) -> Sequence[RouteRow]:
    """Lists people with their routes by name; of a group, where one is named.

    Raises NotFoundError for a group out of reach.
    """
    _check_group(session, caller, group_id)
    people = _people(caller, wanted, words, marks, group_id).order_by(Person.full_name, Person.id)
    # Who stands on the page first: nobody else's last route is looked for.
    shown = people.offset(offset).limit(limit).subquery()
    query = (
        select(
            *(Person.id, Person.full_name, Municipality.name, Organisation.name, Route.status, Route.started_at),
            *(LIVE & exists().where(RouteShare.route_id == Route.id, _shared(caller)), Route.id),
        )
        .select_from(Person)
        .join(shown, shown.c.id == Person.id)
        .outerjoin(Route, and_(Route.person_id == Person.id, LIVE) if wanted is Wanted.OPENED else Route.id == _LAST)
        .outerjoin(Municipality, Municipality.id == Person.municipality_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
    )
    rows: Sequence[Any] = session.execute(query.order_by(Person.full_name, Person.id)).all()
    counts = _counts(session, caller, None if limit is None else [row[-1] for row in rows if row[-2]])

    def of(route_id: int, *statuses: ItemStatus) -> int:
        return sum(counts.get((route_id, status), 0) for status in statuses)

    return [
        RouteRow(number, name, place, work, status, started)
        if not opened
        else RouteRow(
            *(number, name, place, work, status, started, route),
            open=of(route, ItemStatus.OPEN, ItemStatus.AWAITING),
            done=of(route, ItemStatus.DONE),
        )
        for number, name, place, work, status, started, opened, route in rows
    ]


def _counts(session: Session, caller: StaffCaller, route_ids: list[int] | None) -> dict[tuple[int, ItemStatus], int]:
    """How many items of each status, of these routes or of all that are open to methodists."""
    query = select(RouteItem.route_id, RouteItem.status, func.count()).group_by(RouteItem.route_id, RouteItem.status)
    if route_ids is not None:
        query = query.where(RouteItem.route_id.in_(route_ids))
    else:
        query = query.where(RouteItem.route_id.in_(select(RouteShare.route_id).where(_shared(caller))))
    return {(row[0], row[1]): row[2] for row in session.execute(query)}


def _people(
    caller: StaffCaller, wanted: Wanted, words: str, marks: tuple[str, ...], group_id: int | None
) -> Select[Any]:
    """The people who are wanted, by their ids alone."""
    query = select(Person.id).where(_reach(caller), matches(words, Person.full_name))
    if marks:
        query = query.where(Person.organisation_id.in_(marked(marks)))
    if group_id is not None:
        inside = GroupMember.group_id == group_id, GroupMember.status == MemberStatus.ACTIVE
        query = query.where(Person.id.in_(select(GroupMember.person_id).where(*inside)))
    if wanted is Wanted.OPENED:
        opened = select(Route.person_id).join(RouteShare, RouteShare.route_id == Route.id)
        return query.where(Person.id.in_(opened.where(_shared(caller), LIVE)))
    if wanted is Wanted.WITHOUT:
        return query.where(_ACCOMPANIED, ~_HAS)
    return query.where(_ACCOMPANIED if wanted is Wanted.ACCOMPANIED else _HAS)


def _reach(caller: StaffCaller) -> ColumnElement[bool]:
    return caller.scope.limits(Person) & Person.erased_at.is_(None)


def _shared(caller: StaffCaller) -> ColumnElement[bool]:
    opened = and_(RouteShare.reader == RouteReader.METHODIST, RouteShare.revoked_at.is_(None))
    return opened if caller.scope.reads_results else false()


_OWN = aliased(Route)
_LAST = (
    select(func.max(_OWN.id)).where(_OWN.person_id == Person.id, _OWN.status.in_(KNOWN)).correlate(Person)
).scalar_subquery()
"""The route that goes on, else the last that was finished."""
_HAS = exists().where(_OWN.person_id == Person.id, _OWN.status.in_(KNOWN))
_ACCOMPANIED = exists().where(
    Pair.mentee_id == Person.id,
    Pair.status == PairStatus.ACTIVE,
    RoleGrant.person_id == Pair.mentor_id,
    RoleGrant.role == Role.ACTIVE_MEMBER,
    RoleGrant.revoked_at.is_(None),
)
