"""What people do with groups in the bot: join and leave; a head takes members, calls a meeting, marks who came."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.errors import ConflictError, DomainError, NotFoundError
from db.groups import membership, rules
from db.groups.meetings import note_came
from db.groups.models import (
    GroupAnswer,
    GroupAttendance,
    GroupDecision,
    GroupLevel,
    GroupMeeting,
    GroupMeetingStatus,
    GroupMember,
    GroupStatus,
    MemberStatus,
    MethodicalGroup,
)
from db.groups.notices import (
    ACCEPTED,
    DECLINED,
    call,
    call_off,
    of_decision,
    of_meeting,
    prefix,
    tell_asked,
    tell_verdict,
)
from db.notices import services as notices
from db.people.models import Person
from db.transitions import move
from db.upsert import insert

WORD_LENGTH = rules.TEXT_LENGTH


def near(person: Person) -> ColumnElement[bool]:
    """Returns which groups somebody may join, as a condition: those of the own school, municipality, centre, region.

    A temporary one of the whole region is made up by who leads it: nobody asks to be taken in.
    """
    wider = [and_(MethodicalGroup.level == GroupLevel.REGION, membership.LASTING)]
    if person.organisation_id is not None:
        wider.append(MethodicalGroup.organisation_id == person.organisation_id)
    if person.municipality is not None:
        town = MethodicalGroup.municipality_id == person.municipality_id
        wider.append(and_(MethodicalGroup.level == GroupLevel.MUNICIPALITY, town))
        if person.municipality.centre_id is not None:
            wider.append(MethodicalGroup.centre_id == person.municipality.centre_id)
    return and_(MethodicalGroup.status == GroupStatus.ACTIVE, or_(*wider))


def ask_to_join(session: Session, caller: PersonCaller, *, group_id: int) -> bool:
    """Asks to be taken into a group near by; its head hears of it. Returns whether it is new.

    Raises NotFoundError, ConflictError `groups_closed`, DomainError `person_withdrawn`, `groups_asked_often` for
    whoever asks and takes it back again and again: each time a head hears of it.
    """
    group = membership.locked(session, group_id)
    person = membership.present(session, caller.person_id)
    if session.scalar(select(MethodicalGroup.id).where(MethodicalGroup.id == group_id, near(person))) is None:
        raise NotFoundError
    if membership.live(session, group_id, caller.person_id) is not None:
        return False
    before = select(func.count()).where(
        GroupMember.group_id == group_id,
        GroupMember.person_id == person.id,
        GroupMember.asked_at > caller.now - rules.ASKED_WITHIN,
    )
    if (session.scalar(before) or 0) >= rules.MOST_ASKED:
        raise DomainError("groups_asked_often")
    row = GroupMember(group_id=group_id, person_id=person.id, status=MemberStatus.ASKED, asked_at=caller.now)
    session.add(row)
    session.flush()
    tell_asked(session, caller, group, row)
    return True


def decide_member(session: Session, caller: PersonCaller, *, member_id: int, accept: bool) -> int:
    """Takes somebody who asked, or does not: the head's word. Returns the group's id.

    Raises NotFoundError, ConflictError `groups_decided` where it was decided before.
    """
    row, group = _asked(session, caller, member_id)
    if row.status is not MemberStatus.ASKED:
        raise ConflictError("groups_decided")
    if accept:
        membership.join(session, caller, group, row.person_id, since=membership.today(caller))
    else:
        move(row, MemberStatus.DECLINED)
    tell_verdict(session, caller, group, row, ACCEPTED if accept else DECLINED)
    return group.id


def leave(session: Session, caller: PersonCaller, *, group_id: int) -> None:
    """Leaves a group, or takes the wish to join back. Raises NotFoundError."""
    group = membership.locked(session, group_id)
    row = membership.live(session, group_id, caller.person_id)
    if row is None:
        raise NotFoundError
    if row.status is MemberStatus.ASKED and group.head_id is not None:
        notices.cancel_prefix(session, prefix=f"{prefix(group_id, group.head_id)}asked:{row.id}")
    membership.part(session, caller, group, row, until=membership.today(caller))


def call_meeting(session: Session, caller: PersonCaller, *, group_id: int, at: datetime) -> int:
    """Calls the group to a meeting; the same time again is the same meeting. Returns its id.

    Raises NotFoundError, ConflictError `groups_closed`, DomainError `groups_meeting_past`, `groups_meeting_far`,
    `groups_meetings_many` for more ahead, those called off included, than a group meets in a year: all members hear of
    each.
    """
    group = _headed(session, caller, group_id)
    rules.check_moment(at, now=caller.now)
    same = session.scalar(
        select(GroupMeeting.id).where(
            GroupMeeting.group_id == group_id,
            GroupMeeting.planned_at == at,
            GroupMeeting.status == GroupMeetingStatus.PLANNED,
        )
    )
    if same is not None:
        return same
    ahead = select(func.count()).where(GroupMeeting.group_id == group_id, GroupMeeting.planned_at > caller.now)
    if (session.scalar(ahead) or 0) >= rules.MOST_AHEAD:
        raise DomainError("groups_meetings_many", most=rules.MOST_AHEAD)
    meeting = GroupMeeting(group=group, planned_at=at, called_by=caller.actor)
    session.add(meeting)
    session.flush()
    call(session, caller, meeting, [one for one in membership.members(session, group_id) if one != caller.person_id])
    return meeting.id


def write_agenda(session: Session, caller: PersonCaller, *, meeting_id: int, text: str) -> None:
    """Says what a called meeting is about; calls that wait tell it. Raises NotFoundError, ConflictError."""
    meeting = _headed_meeting(session, caller, meeting_id)
    if meeting.status is not GroupMeetingStatus.PLANNED:
        raise ConflictError("groups_meeting_over")
    meeting.agenda = text
    notices.amend(session, prefix=of_meeting(meeting_id), params={"agenda": text})


def cancel_meeting(session: Session, caller: PersonCaller, *, meeting_id: int) -> int:
    """Calls a meeting off; members hear of it. Returns the group's id.

    Raises NotFoundError, ConflictError `groups_meeting_over` for one that took place.
    """
    meeting = _headed_meeting(session, caller, meeting_id)
    if meeting.status is GroupMeetingStatus.HELD:
        raise ConflictError("groups_meeting_over")
    if meeting.status is GroupMeetingStatus.PLANNED:
        move(meeting, GroupMeetingStatus.CANCELLED)
        others = [one for one in membership.members(session, meeting.group_id) if one != caller.person_id]
        call_off(session, caller, meeting, others)
    return meeting.group_id


def answer(session: Session, caller: PersonCaller, *, meeting_id: int, coming: bool) -> None:
    """Answers a call: «приду» or «не смогу». Raises NotFoundError, ConflictError `groups_meeting_over`."""
    meeting = session.get(GroupMeeting, meeting_id, with_for_update=True)
    if meeting is None or not membership.is_member(session, meeting.group_id, caller.person_id):
        raise NotFoundError
    if meeting.status is not GroupMeetingStatus.PLANNED or meeting.planned_at <= caller.now:
        raise ConflictError("groups_meeting_over")
    said = GroupAnswer.COMING if coming else GroupAnswer.UNABLE
    statement = insert(session, GroupAttendance).values(
        meeting_id=meeting_id, person_id=caller.person_id, answer=said, came=False
    )
    session.execute(statement.on_conflict_do_update(index_elements=["meeting_id", "person_id"], set_={"answer": said}))


def mark_came(session: Session, caller: PersonCaller, *, meeting_id: int, person_id: int, came: bool) -> None:
    """Marks that a member came; the first mark says that the meeting was held.

    Raises NotFoundError, ConflictError `groups_meeting_over` for one called off, DomainError `groups_not_yet`.
    """
    meeting = _headed_meeting(session, caller, meeting_id)
    if not membership.is_member(session, meeting.group_id, person_id):
        raise NotFoundError
    note_came(session, caller, meeting, {person_id: came})


def done(session: Session, caller: PersonCaller, *, decision_id: int) -> None:
    """Notes that what one answers for is done. Raises NotFoundError, ConflictError `groups_decision_done`."""
    row = _own(session, caller, decision_id)
    if row.done_on is not None:
        raise ConflictError("groups_decision_done")
    row.done_on, row.done_by, row.remind_on = membership.today(caller), caller.actor, None
    notices.cancel_prefix(session, prefix=of_decision(decision_id))


def say(session: Session, caller: PersonCaller, *, decision_id: int, word: str) -> None:
    """Adds with which result it was done. Raises NotFoundError."""
    row = _own(session, caller, decision_id)
    if row.done_by != caller.actor:
        raise NotFoundError
    row.word = word


def reopen(session: Session, caller: PersonCaller, *, decision_id: int) -> None:
    """Takes back what one has noted oneself. Raises NotFoundError."""
    row = _own(session, caller, decision_id)
    if row.done_by != caller.actor:
        raise NotFoundError
    row.done_on, row.done_by, row.word = None, "", ""
    row.remind_on = rules.reminder(row.due_on, None, today=membership.today(caller))


def _own(session: Session, caller: PersonCaller, decision_id: int) -> GroupDecision:
    row = session.get(GroupDecision, decision_id, with_for_update=True)
    if row is None or row.responsible_id != caller.person_id:
        raise NotFoundError
    return row


def _asked(session: Session, caller: PersonCaller, member_id: int) -> tuple[GroupMember, MethodicalGroup]:
    group_id = session.scalar(select(GroupMember.group_id).where(GroupMember.id == member_id))
    if group_id is None:
        raise NotFoundError
    group = _headed(session, caller, group_id)
    return session.get_one(GroupMember, member_id, populate_existing=True), group


def _headed(session: Session, caller: PersonCaller, group_id: int) -> MethodicalGroup:
    group = membership.locked(session, group_id)
    if group.head_id != caller.person_id:
        raise NotFoundError
    return group


def _headed_meeting(session: Session, caller: PersonCaller, meeting_id: int) -> GroupMeeting:
    group_id = session.scalar(select(GroupMeeting.group_id).where(GroupMeeting.id == meeting_id))
    if group_id is None:
        raise NotFoundError
    # The group is locked first, always: whoever changes its meetings waits here.
    _headed(session, caller, group_id)
    return session.get_one(GroupMeeting, meeting_id, with_for_update=True, populate_existing=True)
