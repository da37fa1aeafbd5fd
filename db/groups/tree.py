"""Lists groups for the panel as a tree: each under the group that supports it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.groups import membership
from db.groups.models import (
    GroupDecision,
    GroupKind,
    GroupMeeting,
    GroupMeetingStatus,
    GroupMember,
    GroupStatus,
    MemberStatus,
    MethodicalGroup,
)
from db.groups.staff_queries import name_of, reached, unit_name, whole
from db.search import matches, natural

HEADLESS = "headless"
"""A state that a list is narrowed to: working, and without a head."""
STATES = (GroupStatus.ACTIVE.value, HEADLESS, GroupStatus.CLOSED.value)


@dataclass(frozen=True, slots=True)
class GroupFilter:
    """What a list of groups is narrowed to; `state` is one of STATES, or nothing for the working ones."""

    kind_id: int | None = None
    municipality_id: int | None = None
    subject_id: int | None = None
    state: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A line of the list, `depth` steps under the group that nobody supports. Names only where they may be seen."""

    id: int
    depth: int
    name: str
    kind: str
    unit: str
    subject: str
    head_id: int | None
    head: str | None
    status: GroupStatus
    members: int
    next_at: datetime | None
    overdue: int
    training: bool


@dataclass(frozen=True, slots=True)
class GroupPage:
    """A page of the list, how many there are, and how many of the working ones have no head."""

    rows: Sequence[GroupRow]
    total: int
    headless: int


def listing(
    session: Session, caller: StaffCaller, *, wanted: GroupFilter, limit: int | None = None, offset: int = 0
) -> GroupPage:
    """Returns the groups that are wanted as a tree: each under the one that supports it, where that is wanted too."""
    scope = caller.scope
    found = session.execute(
        select(MethodicalGroup.id, MethodicalGroup.parent_id, MethodicalGroup.name, GroupKind.position)
        .join(GroupKind)
        .where(reached(scope), *_conditions(wanted))
    ).all()
    order = _tree(found)
    chosen = order[offset:] if limit is None else order[offset : offset + limit]
    return GroupPage(_rows(session, caller, chosen), len(order), headless(session, caller))


def headless(session: Session, caller: StaffCaller) -> int:
    """Counts the working groups within reach that nobody heads."""
    working = and_(MethodicalGroup.status == GroupStatus.ACTIVE, MethodicalGroup.head_id.is_(None))
    query = select(func.count()).select_from(MethodicalGroup).where(working, reached(caller.scope))
    return session.scalar(query) or 0


def _conditions(wanted: GroupFilter) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if wanted.kind_id is not None:
        asked.append(MethodicalGroup.kind_id == wanted.kind_id)
    if wanted.municipality_id is not None:
        asked.append(MethodicalGroup.municipality_id == wanted.municipality_id)
    if wanted.subject_id is not None:
        asked.append(MethodicalGroup.subject_id == wanted.subject_id)
    closed = wanted.state == GroupStatus.CLOSED.value
    asked.append(MethodicalGroup.status == (GroupStatus.CLOSED if closed else GroupStatus.ACTIVE))
    if wanted.state == HEADLESS:
        asked.append(MethodicalGroup.head_id.is_(None))
    if wanted.text:
        asked.append(matches(wanted.text, MethodicalGroup.name))
    return asked


def _tree(found: Sequence[Any]) -> list[tuple[int, int]]:
    """Ids with their depth: every group followed by those that it supports; the highest kinds first."""
    there = {row.id for row in found}
    under: defaultdict[int | None, list[Any]] = defaultdict(list)
    for row in found:
        under[row.parent_id if row.parent_id in there else None].append(row)
    order: list[tuple[int, int]] = []
    stack = [(row, 0) for row in _sorted(under[None])]
    while stack:
        row, depth = stack.pop()
        order.append((row.id, depth))
        stack.extend((one, depth + 1) for one in _sorted(under[row.id]))
    return order


def _sorted(rows: Sequence[Any]) -> list[Any]:
    """The last first, for a stack: kinds from the top of the tree down, names as people order them."""
    return sorted(rows, key=lambda row: (-row.position, natural(row.name), row.id), reverse=True)


def _rows(session: Session, caller: StaffCaller, chosen: Sequence[tuple[int, int]]) -> list[GroupRow]:
    ids = [number for number, _ in chosen]
    members = _counts(session, GroupMember.group_id, ids, GroupMember.status == MemberStatus.ACTIVE)
    ahead = (
        select(GroupMeeting.group_id, func.min(GroupMeeting.planned_at))
        .where(
            GroupMeeting.group_id.in_(ids),
            GroupMeeting.status == GroupMeetingStatus.PLANNED,
            GroupMeeting.planned_at > caller.now,
        )
        .group_by(GroupMeeting.group_id)
    )
    coming = dict(session.execute(ahead).all())
    late = (
        select(GroupMeeting.group_id, func.count())
        .join(GroupDecision, GroupDecision.meeting_id == GroupMeeting.id)
        .where(
            GroupMeeting.group_id.in_(ids),
            GroupDecision.done_on.is_(None),
            GroupDecision.due_on < membership.today(caller),
        )
        .group_by(GroupMeeting.group_id)
    )
    overdue = dict(session.execute(late).all())
    rows = {row.id: row for row in session.scalars(whole().where(MethodicalGroup.id.in_(ids)))}
    return [
        GroupRow(
            number,
            depth,
            row.name,
            row.kind.name,
            unit_name(row),
            row.subject.name if row.subject else "",
            row.head_id,
            name_of(caller.scope, row.head),
            row.status,
            members.get(number, 0),
            coming.get(number),
            overdue.get(number, 0),
            row.training,
        )
        for number, depth in chosen
        if (row := rows[number])
    ]


def _counts(session: Session, column: Any, ids: Sequence[int], *which: ColumnElement[bool]) -> Mapping[int, int]:
    return dict(session.execute(select(column, func.count()).where(column.in_(ids), *which).group_by(column)).all())
