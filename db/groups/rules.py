"""Says which status may follow which, how many are enough to decide, and how a decision stands: pure."""

import enum
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from db.errors import DomainError
from db.groups.models import GroupMeetingStatus, GroupStatus, MemberStatus
from db.transitions import Transitions

LEAD = timedelta(days=7)
"""How long before its term whoever answers for a decision is reminded."""
FARTHEST = timedelta(days=365)
EARLY = timedelta(hours=2)
"""How long before its time those who came to a meeting may be marked."""
MOST_ASKED, ASKED_WITHIN = 3, timedelta(days=1)
"""How often one may ask to join the same group."""
MOST_AHEAD = 24
"""Meetings that a head has called ahead, or called and called off."""
DEEPEST = 12
NAME_LENGTH, AGENDA_LENGTH, MINUTES_LENGTH, TEXT_LENGTH = 300, 1000, 10_000, 1000
MOST_QUORUM = 999

GROUP = Transitions({GroupStatus.ACTIVE: [GroupStatus.CLOSED], GroupStatus.CLOSED: [GroupStatus.ACTIVE]})
MEMBER = Transitions(
    {
        MemberStatus.ASKED: [MemberStatus.ACTIVE, MemberStatus.DECLINED, MemberStatus.LEFT],
        MemberStatus.ACTIVE: [MemberStatus.LEFT],
        MemberStatus.LEFT: [],
        MemberStatus.DECLINED: [],
    }
)
MEETING = Transitions(
    {
        GroupMeetingStatus.PLANNED: [GroupMeetingStatus.HELD, GroupMeetingStatus.CANCELLED],
        # A wrong tap about what became of it may be put right.
        GroupMeetingStatus.HELD: [GroupMeetingStatus.CANCELLED],
        GroupMeetingStatus.CANCELLED: [],
    },
    refusal="groups_meeting_over",
)


class DecisionState(enum.StrEnum):
    """How a decision stands at a day."""

    DONE = "done"
    OVERDUE = "overdue"
    OPEN = "open"
    NO_TERM = "no_term"


def decision_state(due_on: date | None, done_on: date | None, *, today: date) -> DecisionState:
    """Returns how a decision stands."""
    if done_on is not None:
        return DecisionState.DONE
    if due_on is None:
        return DecisionState.NO_TERM
    return DecisionState.OVERDUE if due_on < today else DecisionState.OPEN


def reminder(due_on: date | None, done_on: date | None, *, today: date) -> date | None:
    """Returns the day when to remind of a decision's term; nothing where it is done, past or has no term."""
    if due_on is None or done_on is not None or due_on < today:
        return None
    return max(due_on - LEAD, today)


def needed(members: int, *, own: int | None, share: int | None) -> int:
    """Returns how many must come for a decision: the group's own number, else the kind's share, else one.

    A share is rounded up: 50 % of five are three.
    """
    if own is not None:
        return own
    return max(1, -(-members * share // 100)) if share is not None else 1


def check_moment(at: datetime, *, now: datetime) -> None:
    """Raises DomainError `groups_meeting_past` or `groups_meeting_far` for a moment that nobody can be called to."""
    if at <= now:
        raise DomainError("groups_meeting_past")
    if at > now + FARTHEST:
        raise DomainError("groups_meeting_far")


def check_parent(group_id: int | None, parent_id: int | None, parents: Mapping[int, int | None]) -> None:
    """Raises DomainError `groups_parent` where a group would stand under itself, or too deep."""
    seen, above = 0, parent_id
    while above is not None:
        seen += 1
        if above == group_id or seen > DEEPEST:
            raise DomainError("groups_parent")
        above = parents.get(above)
