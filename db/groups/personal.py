"""A person's groups: as a file, and their end."""

from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from db.caller import Caller
from db.groups import membership
from db.groups.models import (
    GroupAttendance,
    GroupDecision,
    GroupMeeting,
    GroupMember,
    GroupStatus,
    MemberStatus,
    MethodicalGroup,
)
from db.groups.notices import of_decision
from db.notices import services as notices
from db.reassign import reassign
from db.transitions import move

PLACE = 56
_LIVE = GroupMember.status.in_(membership.LIVE)


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many groups one is or was in, and how many decisions one answers for."""
    return {
        "groups": select(func.count()).where(GroupMember.person_id == person_id),
        "group_decisions": select(func.count()).where(GroupDecision.responsible_id == person_id),
    }


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """The groups that one is or was in, the meetings that one came to, and the decisions that one answers for."""
    joined = session.execute(
        select(GroupMember, MethodicalGroup)
        .join(MethodicalGroup, MethodicalGroup.id == GroupMember.group_id)
        .where(GroupMember.person_id == person_id)
        .order_by(GroupMember.id)
    )
    met = session.execute(
        select(GroupAttendance, GroupMeeting)
        .join(GroupMeeting, GroupMeeting.id == GroupAttendance.meeting_id)
        .where(GroupAttendance.person_id == person_id)
        .order_by(GroupMeeting.planned_at)
    )
    decided = session.scalars(
        select(GroupDecision).where(GroupDecision.responsible_id == person_id).order_by(GroupDecision.id)
    )
    return {
        "groups": [
            {
                "title": group.name,
                "status": row.status.value,
                "heads": group.head_id == person_id,
                "since": row.since,
                "until": row.until,
                "asked_at": row.asked_at,
            }
            for row, group in joined
        ],
        "group_meetings": [
            {
                "planned_at": meeting.planned_at,
                "answer": row.answer.value if row.answer else None,
                "came": row.came,
            }
            for row, meeting in met
        ],
        "group_decisions": [
            {"text": one.text, "due_on": one.due_on, "done_on": one.done_on, "word": one.word} for one in decided
        ],
    }


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Ends one's memberships; a group that one headed is without a head, and decisions without who answers for them."""
    live = session.execute(
        select(GroupMember.id, GroupMember.group_id)
        .where(GroupMember.person_id == person_id, _LIVE)
        .order_by(GroupMember.group_id)
    ).all()
    for member_id, group_id in live:
        group = membership.locked(session, group_id, working=False)
        row = session.get_one(GroupMember, member_id, populate_existing=True)
        membership.part(session, caller, group, row, until=membership.today(caller))
    session.execute(update(MethodicalGroup).where(MethodicalGroup.head_id == person_id).values(head_id=None))
    open_ones = GroupDecision.responsible_id == person_id, GroupDecision.done_on.is_(None)
    for decision_id in session.scalars(select(GroupDecision.id).where(*open_ones)).all():
        notices.cancel_prefix(session, prefix=of_decision(decision_id))
    session.execute(update(GroupDecision).where(*open_ones).values(responsible_id=None, remind_on=None))
    return {"groups": len(live)}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Deletes where one was and what one wrote; what a group decided and did stays with it."""
    gone = stop(session, caller, person_id=person_id)
    actor = f"person:{person_id}"
    mine = update(GroupDecision).where(GroupDecision.done_by == actor)
    session.execute(mine.values(word="", done_by=""))
    session.execute(update(GroupDecision).where(GroupDecision.responsible_id == person_id).values(responsible_id=None))
    session.execute(delete(GroupMember).where(GroupMember.person_id == person_id))
    session.execute(delete(GroupAttendance).where(GroupAttendance.person_id == person_id))
    session.execute(update(GroupMeeting).where(GroupMeeting.called_by == actor).values(called_by=""))
    return gone


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves every membership, mark and decision; of two live memberships in one group one has ended.

    Who would head two groups of one kind heads the kept one's; the other is without a head.
    """
    own = select(MethodicalGroup).where(MethodicalGroup.head_id == gone_id)
    kept = select(MethodicalGroup.kind_id).where(
        MethodicalGroup.head_id == kept_id, MethodicalGroup.status == GroupStatus.ACTIVE
    )
    taken = set(session.scalars(kept))
    for group in session.scalars(own.order_by(MethodicalGroup.id).with_for_update()).all():
        both = group.kind_id in taken and group.status is GroupStatus.ACTIVE
        group.head_id = None if both else kept_id
    for row in session.scalars(select(GroupMember).where(GroupMember.person_id == gone_id, _LIVE)).all():
        other = membership.live(session, row.group_id, kept_id)
        if other is None:
            row.person_id = kept_id
            continue
        if row.status is MemberStatus.ACTIVE:
            group = session.get_one(MethodicalGroup, row.group_id)
            membership.join(session, caller, group, kept_id, since=row.since)
        move(row, MemberStatus.LEFT)
        row.until = membership.today(caller)
    reassign(session, GroupMember.person_id, kept_id=kept_id, gone_id=gone_id, only=[~_LIVE])
    for mark in session.scalars(select(GroupAttendance).where(GroupAttendance.person_id == gone_id)).all():
        known = session.get(GroupAttendance, (mark.meeting_id, kept_id))
        if known is not None:  # one person is counted once
            known.came, known.answer = known.came or mark.came, known.answer or mark.answer
            session.delete(mark)
    reassign(session, GroupAttendance.person_id, kept_id=kept_id, gone_id=gone_id)
    reassign(session, GroupDecision.responsible_id, kept_id=kept_id, gone_id=gone_id)
    gone, actor = f"person:{gone_id}", f"person:{kept_id}"
    session.execute(update(GroupDecision).where(GroupDecision.done_by == gone).values(done_by=actor))
    session.execute(update(GroupMeeting).where(GroupMeeting.called_by == gone).values(called_by=actor))
