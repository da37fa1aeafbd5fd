"""Who is in a group and who heads it: the same rules for the panel and for the bot, over a locked group."""

from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from db.caller import Caller, PersonCaller
from db.errors import ConflictError, NotFoundError
from db.groups.models import (
    GroupKind,
    GroupMeeting,
    GroupMeetingStatus,
    GroupMember,
    GroupStatus,
    MemberStatus,
    MethodicalGroup,
)
from db.groups.notices import of_meeting, prefix, tell_leads
from db.notices import services as notices
from db.people.models import Person
from db.people.staff_services import refuse_withdrawn
from db.transitions import move
from db.upsert import insert

LIVE = (MemberStatus.ASKED, MemberStatus.ACTIVE)
_LIVE = text("status IN ('asked', 'active')")
LASTING = MethodicalGroup.kind_id.not_in(select(GroupKind.id).where(GroupKind.temporary))
"""Groups that are not made up for a while."""


def today(caller: Caller) -> date:
    """The local day on which it is asked."""
    return caller.now.astimezone(caller.zone).date()


def locked(session: Session, group_id: int, *, working: bool = True) -> MethodicalGroup:
    """Returns one group, locked: two who change it are one after the other.

    Raises NotFoundError, and ConflictError `groups_closed` for one that is closed, if it has to be `working`.
    """
    row = session.get(MethodicalGroup, group_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFoundError
    if working and row.status is not GroupStatus.ACTIVE:
        raise ConflictError("groups_closed")
    return row


def present(session: Session, person_id: int) -> Person:
    """Returns somebody who may join or head a group, locked: of two who want them one comes after the other.

    Raises NotFoundError, DomainError `person_withdrawn`.
    """
    person = session.get(Person, person_id, with_for_update=True)
    if person is None or person.erased_at is not None or person.profile_saved_at is None:
        raise NotFoundError
    refuse_withdrawn(session, person_id)
    return person


def live(session: Session, group_id: int, person_id: int) -> GroupMember | None:
    """Returns the row of somebody who is in a group or asked to be."""
    return session.scalar(
        select(GroupMember).where(
            GroupMember.group_id == group_id, GroupMember.person_id == person_id, GroupMember.status.in_(LIVE)
        )
    )


def status_of(session: Session, caller: PersonCaller, group_id: int) -> MemberStatus | None:
    """Returns how whoever asks stands to a group; nothing for who is none of it."""
    row = live(session, group_id, caller.person_id)
    return None if row is None else row.status


def is_member(session: Session, group_id: int, person_id: int) -> bool:
    """Whether somebody is in a group."""
    row = live(session, group_id, person_id)
    return row is not None and row.status is MemberStatus.ACTIVE


def members(session: Session, group_id: int) -> list[int]:
    """Lists the ids of a group's members."""
    query = select(GroupMember.person_id).where(
        GroupMember.group_id == group_id, GroupMember.status == MemberStatus.ACTIVE
    )
    return list(session.scalars(query.order_by(GroupMember.person_id)))


def join(session: Session, caller: Caller, group: MethodicalGroup, person_id: int, *, since: date | None) -> bool:
    """Makes somebody a member from a day on; who asked before is taken. Returns whether they were none."""
    values = {
        "group_id": group.id,
        "person_id": person_id,
        "status": MemberStatus.ACTIVE,
        "since": since,
        "asked_at": caller.now,
    }
    made = session.scalar(
        insert(session, GroupMember)
        .values(**values)
        .on_conflict_do_nothing(index_elements=["group_id", "person_id"], index_where=_LIVE)
        .returning(GroupMember.id)
    )
    if made is None:
        row = live(session, group.id, person_id)
        if row is None or row.status is MemberStatus.ACTIVE:
            return False
        move(row, MemberStatus.ACTIVE)
        row.since = since
    group.levels_at = None
    session.flush()
    return True


def part(session: Session, caller: Caller, group: MethodicalGroup, row: GroupMember, *, until: date) -> None:
    """Ends a membership; a head leaves the group without one, and what was still to be said to them is not."""
    move(row, MemberStatus.LEFT)
    row.until = max(until, row.since) if row.since else until
    if group.head_id == row.person_id:
        group.head_id = None
    group.levels_at = None
    silence(session, group.id, row.person_id)
    session.flush()


def silence(session: Session, group_id: int, person_id: int) -> None:
    """Takes back what one was still to hear of a group."""
    notices.cancel_prefix(session, prefix=prefix(group_id, person_id))
    ahead = select(GroupMeeting).where(
        GroupMeeting.group_id == group_id, GroupMeeting.status == GroupMeetingStatus.PLANNED
    )
    for meeting in session.scalars(ahead):
        notices.cancel(session, key=f"{of_meeting(meeting.id)}{int(meeting.planned_at.timestamp())}:{person_id}")


def lead(session: Session, caller: Caller, group: MethodicalGroup, person_id: int | None) -> bool:
    """Gives a locked group its head, who becomes a member, or none. Returns whether that is new.

    Raises NotFoundError, ConflictError `groups_heads_already` for who heads another of the same kind.
    """
    if person_id == group.head_id:
        return False
    if person_id is not None:
        person = present(session, person_id)
        check_heads_none(session, group, person)
        join(session, caller, group, person_id, since=today(caller))
        tell_leads(session, caller, group, person_id)
    group.head_id = person_id
    group.levels_at = None
    session.flush()
    return True


def check_heads_none(session: Session, group: MethodicalGroup, person: Person) -> None:
    """Raises ConflictError `groups_heads_already` for who heads another working group of the same kind."""
    other = session.scalar(
        select(MethodicalGroup.name)
        .where(
            MethodicalGroup.head_id == person.id,
            MethodicalGroup.kind_id == group.kind_id,
            MethodicalGroup.status == GroupStatus.ACTIVE,
            MethodicalGroup.id != group.id,
        )
        .limit(1)
    )
    if other is not None:
        raise ConflictError("groups_heads_already", name=person.full_name or "", other=other)
