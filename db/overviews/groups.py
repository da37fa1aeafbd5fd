"""How groups are and what they came to, kind by kind: «анализ состояния и результатов методических объединений»."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.diary.rules import school_year
from db.groups.membership import today
from db.groups.models import (
    GroupDecision,
    GroupKind,
    GroupMeeting,
    GroupMeetingStatus,
    GroupMember,
    GroupResult,
    GroupStatus,
    MemberStatus,
    MethodicalGroup,
)
from db.groups.staff_queries import reached
from db.workplans import queries as workplans
from db.workplans.models import WorkplanLine

COUNTED = (
    *("groups", "headless", "members", "meetings", "decisions", "done", "overdue", "results"),
    *("plan_wanted", "plan_done", "plan_overdue"),
)


Counts = dict[int, dict[str, int]]
"""By the kind's id."""


@dataclass(frozen=True, slots=True)
class GroupsLine:
    """Counts the groups of one kind; `name` is empty in the total.

    Groups, members and what is overdue are as they are now; meetings, decisions and results are those of the time that
    is asked for. The plans are those of the school years from the one of that day on.
    """

    name: str
    groups: int = 0
    headless: int = 0
    members: int = 0
    meetings: int = 0
    decisions: int = 0
    done: int = 0
    overdue: int = 0
    results: int = 0
    plan_wanted: int = 0
    plan_done: int = 0
    plan_overdue: int = 0


@dataclass(frozen=True, slots=True)
class GroupsReport:
    """The report: kinds in their document's order, and all together."""

    since: date
    rows: Sequence[GroupsLine]
    total: GroupsLine


def report(session: Session, caller: StaffCaller, *, since: date) -> GroupsReport:
    """Counts the groups within reach by kind, and what they did from a local day on."""
    begins = datetime.combine(since, time(), caller.zone).astimezone(UTC)
    working = MethodicalGroup.status == GroupStatus.ACTIVE
    own = (reached(caller.scope), working)
    late = case((GroupDecision.done_on.is_(None) & (GroupDecision.due_on < today(caller)), 1), else_=0)
    fresh = case((GroupMeeting.planned_at >= begins, 1), else_=0)
    carried = case(((GroupMeeting.planned_at >= begins) & GroupDecision.done_on.is_not(None), 1), else_=0)
    held = GroupMeeting.status == GroupMeetingStatus.HELD
    kind = MethodicalGroup.kind_id
    counts: Counts = {}
    _count(
        session,
        counts,
        ("groups", "headless"),
        select(kind, func.count(), func.sum(case((MethodicalGroup.head_id.is_(None), 1), else_=0))).where(*own),
    )
    _count(
        session,
        counts,
        ("members",),
        select(kind, func.count())
        .join(GroupMember, GroupMember.group_id == MethodicalGroup.id)
        .where(GroupMember.status == MemberStatus.ACTIVE, *own),
    )
    met = select(kind, func.count()).join(GroupMeeting, GroupMeeting.group_id == MethodicalGroup.id)
    _count(session, counts, ("meetings",), met.where(held, GroupMeeting.planned_at >= begins, *own))
    decided = (
        select(kind, func.sum(fresh), func.sum(carried), func.sum(late))
        .join(GroupMeeting, GroupMeeting.group_id == MethodicalGroup.id)
        .join(GroupDecision, GroupDecision.meeting_id == GroupMeeting.id)
    )
    _count(session, counts, ("decisions", "done", "overdue"), decided.where(*own))
    came_to = select(kind, func.count()).join(GroupResult, GroupResult.group_id == MethodicalGroup.id)
    _count(session, counts, ("results",), came_to.where(GroupResult.year >= since.year, *own))
    _count_plans(session, caller, counts, own, school_year(since))
    rows = [
        GroupsLine(name, **counts.get(number, {}))
        for number, name in session.execute(
            select(GroupKind.id, GroupKind.name).order_by(GroupKind.position, GroupKind.id)
        )
    ]
    return GroupsReport(since, rows, GroupsLine("", **{one: sum(getattr(row, one) for row in rows) for one in COUNTED}))


def _count_plans(session: Session, caller: StaffCaller, counts: Counts, own: Any, since: int) -> None:
    totals = workplans.totals(session, caller, *own, WorkplanLine.year >= since, by=MethodicalGroup.kind_id)
    for kind_id, one in totals.items():
        plans = {"plan_wanted": one.wanted, "plan_done": one.done, "plan_overdue": one.overdue}
        counts.setdefault(kind_id, {}).update(plans)


def _count(session: Session, counts: Counts, names: Sequence[str], query: Any) -> None:
    for kind_id, *values in session.execute(query.group_by(MethodicalGroup.kind_id)):
        found = counts.setdefault(kind_id, {})
        found.update({name: int(value or 0) for name, value in zip(names, values, strict=True)})
