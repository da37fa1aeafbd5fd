"""Reads groups for the panel: the tree within reach, a group's card, a meeting, and what forms offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from db.caller import StaffCaller
from db.dictionaries.models import Centre, Municipality, Organisation
from db.errors import ForbiddenError, NotFoundError
from db.groups.membership import today
from db.groups.models import (
    GroupAttendance,
    GroupDecision,
    GroupKind,
    GroupMeeting,
    GroupMember,
    GroupResult,
    GroupStatus,
    MemberStatus,
    MethodicalGroup,
)
from db.groups.rules import DecisionState, decision_state
from db.people.models import Person
from db.people.staff_queries import people_named
from db.plans.models import PlanFulfilment
from db.scope import Scope

FOUND, MOST_PEOPLE, MOST_MEETINGS, MOST_DECISIONS = 12, 300, 30, 100


@dataclass(frozen=True, slots=True)
class KindRow:
    """A kind with the number of its working groups within reach."""

    kind: GroupKind
    groups: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody of a group; who is out of the account's reach has no name here."""

    id: int
    person_id: int
    name: str | None
    place: str
    status: MemberStatus
    since: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class GroupDecisionRow:
    """A decision and how it stands."""

    decision: GroupDecision
    state: DecisionState
    responsible: str | None
    created: str | None


@dataclass(frozen=True, slots=True)
class GroupCard:
    """A group's page. `origin` is the decision that created it; of the members `elsewhere` head another of its kind."""

    group: MethodicalGroup
    head: str | None
    unit: str
    parent: MethodicalGroup | None
    supported: Sequence[MethodicalGroup]
    members: Sequence[MemberRow]
    asking: Sequence[MemberRow]
    past: int
    meetings: Sequence[GroupMeeting]
    decisions: Sequence[GroupDecisionRow]
    made: Sequence[MethodicalGroup]
    origin: GroupDecision | None
    results: Sequence[GroupResult]
    elsewhere: frozenset[int]


@dataclass(frozen=True, slots=True)
class CameRow:
    """Somebody who was called to a meeting, or came."""

    person_id: int
    name: str | None
    answer: str | None
    came: bool


@dataclass(frozen=True, slots=True)
class MeetingCard:
    """A meeting's page."""

    meeting: GroupMeeting
    people: Sequence[CameRow]
    decisions: Sequence[GroupDecisionRow]

    @property
    def came(self) -> int:
        """How many came."""
        return sum(one.came for one in self.people)

    @property
    def quorum(self) -> bool:
        """Whether enough came to decide."""
        return self.came >= self.meeting.needed


def reached(scope: Scope) -> ColumnElement[bool]:
    """Returns which groups are within reach, as a condition: a centre's only where all that it serves is."""
    if scope.is_regional:
        return true()
    if scope.organisation_id is not None:
        return scope.limits(MethodicalGroup)
    served = select(Municipality.centre_id).where(Municipality.centre_id.is_not(None))
    inside, outside = served.where(scope.limits(Municipality)), served.where(~scope.limits(Municipality))
    whole = and_(MethodicalGroup.centre_id.in_(inside), MethodicalGroup.centre_id.not_in(outside))
    return or_(scope.limits(MethodicalGroup), whole)


def check_reach(session: Session, scope: Scope, group: MethodicalGroup, *, write: bool = False) -> None:
    """Raises NotFoundError for a group out of reach, ForbiddenError for an account that changes nothing."""
    if session.scalar(select(MethodicalGroup.id).where(MethodicalGroup.id == group.id, reached(scope))) is None:
        raise NotFoundError
    if write and not scope.can_write:
        raise ForbiddenError


def kinds(session: Session, caller: StaffCaller) -> list[KindRow]:
    """Lists the kinds as their document has them."""
    working = MethodicalGroup.status == GroupStatus.ACTIVE
    counted = select(MethodicalGroup.kind_id, func.count()).where(working, reached(caller.scope))
    counts = dict(session.execute(counted.group_by(MethodicalGroup.kind_id)).all())
    rows = session.scalars(select(GroupKind).order_by(GroupKind.position, GroupKind.id))
    return [KindRow(row, counts.get(row.id, 0)) for row in rows]


def any_kind(session: Session) -> bool:
    """Whether the region's document knows groups at all."""
    return session.scalar(select(GroupKind.id).limit(1)) is not None


def whole() -> Any:
    """Selects groups with all that they are told by."""
    return select(MethodicalGroup).options(
        joinedload(MethodicalGroup.kind),
        joinedload(MethodicalGroup.centre),
        joinedload(MethodicalGroup.municipality),
        joinedload(MethodicalGroup.organisation),
        joinedload(MethodicalGroup.subject),
        joinedload(MethodicalGroup.head),
    )


def unit_name(group: MethodicalGroup) -> str:
    """What a group works for, by name; nothing for the whole region."""
    unit: Organisation | Municipality | Centre | None = group.organisation or group.municipality or group.centre
    return unit.name if unit else ""


def name_of(scope: Scope, person: Person | None) -> str | None:
    """Somebody's name, where the account may know it."""
    return person.full_name if person is not None and scope.sees_names and scope.sees(person) else None


def group(session: Session, caller: StaffCaller, *, group_id: int) -> MethodicalGroup:
    """Returns one group. Raises NotFoundError for one out of reach."""
    row: MethodicalGroup | None = session.scalar(whole().where(MethodicalGroup.id == group_id, reached(caller.scope)))
    if row is None:
        raise NotFoundError
    return row


def card(session: Session, caller: StaffCaller, *, group_id: int) -> GroupCard:
    """Reads a group's page. Raises NotFoundError for one out of reach."""
    row = group(session, caller, group_id=group_id)
    people = _people(session, caller, group_id)
    meetings = session.scalars(
        select(GroupMeeting)
        .where(GroupMeeting.group_id == group_id)
        .order_by(GroupMeeting.planned_at.desc(), GroupMeeting.id)
        .limit(MOST_MEETINGS)
    ).all()
    decisions = decided(session, caller, GroupMeeting.group_id == group_id)
    made = [one.decision.created_id for one in decisions if one.decision.created_id is not None]
    left = select(func.count()).where(GroupMember.group_id == group_id, GroupMember.status == MemberStatus.LEFT)
    return GroupCard(
        row,
        name_of(caller.scope, row.head),
        unit_name(row),
        session.scalar(_near(MethodicalGroup.id == (row.parent_id or 0), caller)),
        session.scalars(_near(MethodicalGroup.parent_id == group_id, caller).limit(MOST_DECISIONS)).all(),
        [one for one in people if one.status is MemberStatus.ACTIVE],
        [one for one in people if one.status is MemberStatus.ASKED],
        session.scalar(left) or 0,
        meetings,
        decisions,
        session.scalars(_near(MethodicalGroup.id.in_(made), caller)).all(),
        session.scalar(
            select(GroupDecision)
            .where(GroupDecision.created_id == group_id)
            .options(joinedload(GroupDecision.meeting).joinedload(GroupMeeting.group))
        ),
        session.scalars(
            select(GroupResult)
            .where(GroupResult.group_id == group_id)
            .order_by(GroupResult.year.desc(), GroupResult.id)
            .limit(MOST_DECISIONS)
        ).all(),
        frozenset(
            session.scalars(
                select(MethodicalGroup.head_id).where(
                    MethodicalGroup.head_id.in_([one.person_id for one in people]),
                    MethodicalGroup.kind_id == row.kind_id,
                    MethodicalGroup.status == GroupStatus.ACTIVE,
                    MethodicalGroup.id != group_id,
                )
            )
        ),
    )


def _near(which: ColumnElement[bool], caller: StaffCaller) -> Any:
    return select(MethodicalGroup).where(which, reached(caller.scope)).order_by(MethodicalGroup.name)


def _people(session: Session, caller: StaffCaller, group_id: int) -> list[MemberRow]:
    found = session.execute(
        select(GroupMember, Person)
        .join(Person, Person.id == GroupMember.person_id)
        .where(GroupMember.group_id == group_id, GroupMember.status.in_((MemberStatus.ACTIVE, MemberStatus.ASKED)))
        .options(joinedload(Person.municipality), joinedload(Person.organisation))
        .order_by(Person.full_name, Person.id)
        .limit(MOST_PEOPLE)
    )
    return [
        MemberRow(
            row.id,
            person.id,
            name_of(caller.scope, person),
            _place(caller.scope, person),
            row.status,
            row.since,
            row.until,
        )
        for row, person in found
    ]


def _place(scope: Scope, person: Person) -> str:
    if not scope.sees(person):
        return ""
    places = (person.organisation if scope.sees_names else None, person.municipality)
    return " · ".join(one.name for one in places if one)


def decided(session: Session, caller: StaffCaller, *which: ColumnElement[bool]) -> list[GroupDecisionRow]:
    """Lists decisions, those that are late first."""
    created = MethodicalGroup
    undone = case((GroupDecision.done_on.is_(None), 0), else_=1)
    found = session.execute(
        select(GroupDecision, created.name)
        .join(GroupMeeting, GroupMeeting.id == GroupDecision.meeting_id)
        .outerjoin(created, created.id == GroupDecision.created_id)
        .where(*which)
        .options(joinedload(GroupDecision.responsible), joinedload(GroupDecision.meeting))
        .options(joinedload(GroupDecision.fulfilment).joinedload(PlanFulfilment.line))
        .order_by(undone, func.coalesce(GroupDecision.due_on, date.max), GroupMeeting.planned_at.desc())
        .order_by(GroupDecision.position)
        .limit(MOST_DECISIONS)
    )
    now = today(caller)
    return [
        GroupDecisionRow(
            row,
            decision_state(row.due_on, row.done_on, today=now),
            name_of(caller.scope, row.responsible),
            name,
        )
        for row, name in found
    ]


def meeting(session: Session, caller: StaffCaller, *, meeting_id: int) -> MeetingCard:
    """Reads a meeting's page. Raises NotFoundError for one out of reach."""
    row = session.scalar(
        select(GroupMeeting)
        .join(MethodicalGroup)
        .where(GroupMeeting.id == meeting_id, reached(caller.scope))
        .options(joinedload(GroupMeeting.group).joinedload(MethodicalGroup.kind))
    )
    if row is None:
        raise NotFoundError
    member = exists().where(
        GroupMember.group_id == row.group_id,
        GroupMember.person_id == Person.id,
        GroupMember.status == MemberStatus.ACTIVE,
    )
    found = session.execute(
        select(Person, GroupAttendance.answer, GroupAttendance.came)
        .outerjoin(
            GroupAttendance, and_(GroupAttendance.person_id == Person.id, GroupAttendance.meeting_id == meeting_id)
        )
        .where(or_(member, GroupAttendance.came))
        .order_by(Person.full_name, Person.id)
        .limit(MOST_PEOPLE)
    )
    people = [
        CameRow(person.id, name_of(caller.scope, person), answer.value if answer else None, bool(came))
        for person, answer, came in found
    ]
    return MeetingCard(row, people, decided(session, caller, GroupDecision.meeting_id == meeting_id))


def people_like(session: Session, caller: StaffCaller, *, group_id: int, text: str) -> list[tuple[int, str]]:
    """Finds people within reach by name who are not in the group: (id, name and place)."""
    inside = select(GroupMember.person_id).where(
        GroupMember.group_id == group_id, GroupMember.status == MemberStatus.ACTIVE
    )
    return people_named(session, caller, Person.id.not_in(inside), text=text, limit=FOUND, schools=True)


def possible_parents(session: Session, caller: StaffCaller) -> list[tuple[int, str]]:
    """Lists the working groups within reach whose kind supports another: they may support one."""
    supporting = MethodicalGroup.kind_id.in_(select(GroupKind.id).where(GroupKind.supports != ""))
    query = select(MethodicalGroup.id, MethodicalGroup.name).where(
        MethodicalGroup.status == GroupStatus.ACTIVE, supporting, reached(caller.scope)
    )
    return list(session.execute(query.order_by(MethodicalGroup.name).limit(MOST_PEOPLE)))


def centres(session: Session, caller: StaffCaller) -> list[tuple[int, str]]:
    """Lists the centres that a group may be of: those whose whole reach is the account's."""
    found = select(Centre.id, Centre.name).order_by(Centre.independent, Centre.name)
    if not caller.scope.is_regional:
        served = select(Municipality.centre_id).where(Municipality.centre_id.is_not(None))
        found = found.where(
            Centre.id.in_(served.where(caller.scope.limits(Municipality))),
            Centre.id.not_in(served.where(~caller.scope.limits(Municipality))),
        )
    return [(number, text) for number, text in session.execute(found)]
