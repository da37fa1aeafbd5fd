"""Meetings of groups: called, held with those who came, minutes and decisions; as members see and the panel keeps them.

Nothing is decided without a quorum; minutes of such a meeting are kept all the same.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, joinedload

from db.audit import services as audit
from db.caller import Caller, PersonCaller, StaffCaller
from db.diary import services as diary
from db.diary.models import DiarySource
from db.errors import ConflictError, DomainError, NotFoundError
from db.groups import membership, rules
from db.groups.models import (
    GroupAttendance,
    GroupDecision,
    GroupMeeting,
    GroupMeetingStatus,
    GroupMember,
    MemberStatus,
    MethodicalGroup,
)
from db.groups.notices import call, call_off, of_decision, of_meeting, tell_assigned
from db.groups.staff_queries import check_reach
from db.notices import services as notices
from db.people.models import Person
from db.transitions import move
from db.upsert import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingDraft:
    """What a methodist says about a meeting."""

    at: datetime | None
    place: str
    link: str
    agenda: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionDraft:
    """What was decided."""

    text: str
    responsible_id: int | None
    due_on: date | None


@dataclass(frozen=True, slots=True)
class GroupMeetingLine:
    """A meeting as a member sees it: `coming` is one's own answer, `said` how many are coming and how many not."""

    meeting_id: int
    group_id: int
    title: str
    at: datetime
    place: str
    link: str
    agenda: str
    status: GroupMeetingStatus
    heads: bool
    coming: bool | None
    said: tuple[int, int]
    came: int
    needed: int
    may_mark: bool


@dataclass(frozen=True, slots=True)
class PresentLine:
    """A member and whether they came."""

    person_id: int
    name: str
    came: bool


def hold(session: Session, caller: Caller, meeting: GroupMeeting) -> None:
    """Says that a locked meeting took place, and how many were needed that day.

    Raises ConflictError `groups_meeting_over` for one called off, DomainError `groups_not_yet` for one ahead.
    """
    if meeting.status is GroupMeetingStatus.HELD:
        return
    if meeting.planned_at > caller.now + rules.EARLY:
        raise DomainError("groups_not_yet")
    move(meeting, GroupMeetingStatus.HELD)
    group = meeting.group
    meeting.members = len(membership.members(session, group.id))
    meeting.needed = rules.needed(meeting.members, own=group.quorum, share=group.kind.quorum)
    notices.cancel_prefix(session, prefix=of_meeting(meeting.id))
    session.flush()


def note_came(session: Session, caller: Caller, meeting: GroupMeeting, marks: dict[int, bool]) -> None:
    """Writes who came to a locked meeting, which is held then.

    Raises what `hold` raises, ConflictError `groups_decisions_stand` where too few would be left for what was decided.
    """
    hold(session, caller, meeting)
    statement = insert(session, GroupAttendance)
    for person_id, came in sorted(marks.items()):
        row = statement.values(meeting_id=meeting.id, person_id=person_id, came=came)
        session.execute(row.on_conflict_do_update(index_elements=["meeting_id", "person_id"], set_={"came": came}))
    if not all(marks.values()) and _decisions(session, meeting.id) and came_to(session, meeting.id) < meeting.needed:
        raise ConflictError("groups_decisions_stand")


def came_to(session: Session, meeting_id: int) -> int:
    """Counts those who came."""
    query = select(func.count()).where(GroupAttendance.meeting_id == meeting_id, GroupAttendance.came)
    return session.scalar(query) or 0


def meeting(session: Session, caller: PersonCaller, *, meeting_id: int) -> GroupMeetingLine:
    """Returns a meeting of a group that one is in. Raises NotFoundError."""
    row = session.scalar(
        select(GroupMeeting).where(GroupMeeting.id == meeting_id).options(joinedload(GroupMeeting.group))
    )
    if row is None or membership.status_of(session, caller, row.group_id) is not MemberStatus.ACTIVE:
        raise NotFoundError
    return line(session, caller, row, row.group)


def line(session: Session, caller: PersonCaller, row: GroupMeeting, of: MethodicalGroup) -> GroupMeetingLine:
    """Returns how a meeting stands for one of its group."""
    mine = session.get(GroupAttendance, (row.id, caller.person_id))
    answers = dict(
        session.execute(
            select(GroupAttendance.answer, func.count())
            .where(GroupAttendance.meeting_id == row.id)
            .group_by(GroupAttendance.answer)
        ).all()
    )
    by_word = {key.value: count for key, count in answers.items() if key is not None}
    heads = of.head_id == caller.person_id
    return GroupMeetingLine(
        row.id,
        row.group_id,
        of.name,
        row.planned_at,
        row.place,
        row.link,
        row.agenda,
        row.status,
        heads,
        None if mine is None or mine.answer is None else mine.answer.value == "coming",
        (by_word.get("coming", 0), by_word.get("unable", 0)),
        came_to(session, row.id),
        row.needed,
        heads and row.status is not GroupMeetingStatus.CANCELLED and row.planned_at <= caller.now + rules.EARLY,
    )


def present(session: Session, caller: PersonCaller, *, meeting_id: int) -> tuple[GroupMeetingLine, list[PresentLine]]:
    """Returns a meeting with its group's members, for its head. Raises NotFoundError."""
    told = meeting(session, caller, meeting_id=meeting_id)
    if not told.heads:
        raise NotFoundError
    found = session.execute(
        select(Person.id, Person.full_name, GroupAttendance.came)
        .join(GroupMember, GroupMember.person_id == Person.id)
        .outerjoin(
            GroupAttendance, and_(GroupAttendance.person_id == Person.id, GroupAttendance.meeting_id == meeting_id)
        )
        .where(GroupMember.group_id == told.group_id, GroupMember.status == MemberStatus.ACTIVE)
        .order_by(Person.full_name, Person.id)
    )
    return told, [PresentLine(number, name or "", bool(came)) for number, name, came in found]


def save_meeting(
    session: Session, caller: StaffCaller, *, meeting_id: int | None, group_id: int | None, draft: MeetingDraft
) -> int:
    """Plans a meeting or changes one, and returns its id; members are called to what is ahead, anew where it moved.

    One of the past is entered for its minutes. Raises DomainError `groups_meeting_when`, `groups_meeting_far`,
    ConflictError `groups_meeting_over`, `groups_closed`, NotFoundError, ForbiddenError.
    """
    meeting = _locked(session, caller, meeting_id) if meeting_id is not None else _added(session, caller, group_id)
    if draft.at is None:
        raise DomainError("groups_meeting_when")
    if draft.at > caller.now + rules.FARTHEST:
        raise DomainError("groups_meeting_far")
    if meeting_id is not None and meeting.status is not GroupMeetingStatus.PLANNED:
        raise ConflictError("groups_meeting_over")
    moved = meeting.planned_at != draft.at
    meeting.planned_at, meeting.place, meeting.link, meeting.agenda = draft.at, draft.place, draft.link, draft.agenda
    session.add(meeting)
    session.flush()
    if moved:
        notices.cancel_prefix(session, prefix=of_meeting(meeting.id))
        if draft.at > caller.now:
            call(session, caller, meeting, membership.members(session, meeting.group_id))
    else:
        notices.amend(session, prefix=of_meeting(meeting.id), params={"place": draft.place, "agenda": draft.agenda})
    audit.record(
        session,
        caller,
        action="groups.save_meeting",
        object_type="group_meeting",
        object_id=meeting.id,
        municipality_id=meeting.group.municipality_id,
    )
    return meeting.id


def cancel(session: Session, caller: StaffCaller, *, meeting_id: int) -> int:
    """Calls a meeting off and returns the group's id; members of one ahead hear of it.

    Raises ConflictError `groups_decisions_stand` where it decided something, NotFoundError, ForbiddenError.
    """
    meeting = _locked(session, caller, meeting_id)
    if _decisions(session, meeting_id):
        raise ConflictError("groups_decisions_stand")
    move(meeting, GroupMeetingStatus.CANCELLED)
    call_off(session, caller, meeting, membership.members(session, meeting.group_id))
    diary.remove(session, caller, source=DiarySource.MINUTES, source_id=meeting_id)
    audit.record(
        session,
        caller,
        action="groups.cancel_meeting",
        object_type="group_meeting",
        object_id=meeting_id,
        municipality_id=meeting.group.municipality_id,
    )
    return meeting.group_id


def write_minutes(
    session: Session, caller: StaffCaller, *, meeting_id: int, number: str, minutes: str, came: frozenset[int]
) -> int:
    """Keeps the minutes of a meeting with its number and those members who came; returns the group's id.

    Without a quorum too. Raises what `note_came` raises, NotFoundError, ForbiddenError.
    """
    meeting = _locked(session, caller, meeting_id)
    may = {*membership.members(session, meeting.group_id), *_marked(session, meeting_id)}
    note_came(session, caller, meeting, {one: one in came for one in may})
    meeting.number, meeting.minutes = number, minutes
    if meeting.group.head_id is not None:
        diary.note(
            session,
            caller,
            person_id=meeting.group.head_id,
            source=DiarySource.MINUTES,
            source_id=meeting_id,
            on=meeting.planned_at.astimezone(caller.zone).date(),
            text=meeting.group.name,
        )
    audit.record(
        session,
        caller,
        action="groups.write_minutes",
        object_type="group_meeting",
        object_id=meeting_id,
        municipality_id=meeting.group.municipality_id,
        came=len(may & came),
    )
    return meeting.group_id


def add_decision(session: Session, caller: StaffCaller, *, meeting_id: int, draft: DecisionDraft) -> int:
    """Adds what a held meeting decided and returns its id; whoever answers for it is told.

    Raises DomainError `groups_decision_text`, `groups_no_quorum`, `groups_not_held`, `groups_decision_days`,
    `groups_not_member`, NotFoundError, ForbiddenError.
    """
    meeting = _locked(session, caller, meeting_id)
    if meeting.status is not GroupMeetingStatus.HELD:
        raise DomainError("groups_not_held")
    came = came_to(session, meeting_id)
    if came < meeting.needed:
        raise DomainError("groups_no_quorum", came=came, needed=meeting.needed)
    if len(draft.text) < 3:
        raise DomainError("groups_decision_text")
    if draft.due_on is not None and draft.due_on < meeting.planned_at.astimezone(caller.zone).date():
        raise DomainError("groups_decision_days")
    if draft.responsible_id is not None and not membership.is_member(session, meeting.group_id, draft.responsible_id):
        raise DomainError("groups_not_member")
    last = session.scalar(select(func.max(GroupDecision.position)).where(GroupDecision.meeting_id == meeting_id)) or 0
    row = GroupDecision(
        meeting_id=meeting_id,
        position=last + 1,
        text=draft.text,
        responsible_id=draft.responsible_id,
        due_on=draft.due_on,
        remind_on=rules.reminder(draft.due_on, None, today=membership.today(caller)) if draft.responsible_id else None,
    )
    session.add(row)
    session.flush()
    tell_assigned(session, caller, row)
    audit.record(
        session,
        caller,
        action="groups.decide",
        object_type="group_decision",
        object_id=row.id,
        subject_person_id=draft.responsible_id,
        municipality_id=meeting.group.municipality_id,
    )
    return row.id


def finish_decision(session: Session, caller: StaffCaller, *, decision_id: int, word: str) -> int:
    """Notes that a decision is done and returns its meeting's id. Raises ConflictError `groups_decision_done`."""
    row, meeting = locked_decision(session, caller, decision_id)
    if row.done_on is not None:
        raise ConflictError("groups_decision_done")
    row.done_on, row.word, row.done_by, row.remind_on = membership.today(caller), word, caller.actor, None
    notices.cancel_prefix(session, prefix=of_decision(decision_id))
    audit.record(
        session,
        caller,
        action="groups.finish_decision",
        object_type="group_decision",
        object_id=decision_id,
        municipality_id=meeting.group.municipality_id,
    )
    return meeting.id


def reopen_decision(session: Session, caller: StaffCaller, *, decision_id: int) -> int:
    """Takes back that a decision is done and returns its meeting's id. Raises NotFoundError, ForbiddenError."""
    row, meeting = locked_decision(session, caller, decision_id)
    if row.done_on is None:
        raise NotFoundError
    row.done_on, row.word, row.done_by = None, "", ""
    if row.responsible_id is not None:
        row.remind_on = rules.reminder(row.due_on, None, today=membership.today(caller))
    audit.record(
        session,
        caller,
        action="groups.reopen_decision",
        object_type="group_decision",
        object_id=decision_id,
        municipality_id=meeting.group.municipality_id,
    )
    return meeting.id


def drop_decision(session: Session, caller: StaffCaller, *, decision_id: int) -> int:
    """Removes a decision that was written by mistake and returns its meeting's id.

    Raises ConflictError `groups_decision_done` for one that was done or has created a group, `groups_decision_line`.
    """
    row, meeting = locked_decision(session, caller, decision_id)
    if row.done_on is not None or row.created_id is not None:
        raise ConflictError("groups_decision_done")
    if row.fulfilment_id is not None:
        raise ConflictError("groups_decision_line")
    notices.cancel_prefix(session, prefix=of_decision(decision_id))
    session.delete(row)
    audit.record(
        session,
        caller,
        action="groups.drop_decision",
        object_type="group_decision",
        object_id=decision_id,
        municipality_id=meeting.group.municipality_id,
    )
    return meeting.id


def _added(session: Session, caller: StaffCaller, group_id: int | None) -> GroupMeeting:
    group = membership.locked(session, group_id or 0)
    check_reach(session, caller.scope, group, write=True)
    return GroupMeeting(group=group, planned_at=caller.now, called_by=caller.actor)


def _locked(session: Session, caller: StaffCaller, meeting_id: int) -> GroupMeeting:
    group_id = session.scalar(select(GroupMeeting.group_id).where(GroupMeeting.id == meeting_id))
    if group_id is None:
        raise NotFoundError
    group: MethodicalGroup = membership.locked(session, group_id, working=False)
    check_reach(session, caller.scope, group, write=True)
    return session.get_one(GroupMeeting, meeting_id, with_for_update=True, populate_existing=True)


def locked_decision(session: Session, caller: StaffCaller, decision_id: int) -> tuple[GroupDecision, GroupMeeting]:
    """Locks a decision within reach, with its meeting. Raises NotFoundError, ForbiddenError."""
    meeting_id = session.scalar(select(GroupDecision.meeting_id).where(GroupDecision.id == decision_id))
    if meeting_id is None:
        raise NotFoundError
    meeting = _locked(session, caller, meeting_id)
    return session.get_one(GroupDecision, decision_id, with_for_update=True, populate_existing=True), meeting


def _decisions(session: Session, meeting_id: int) -> int:
    return session.scalar(select(func.count()).where(GroupDecision.meeting_id == meeting_id)) or 0


def _marked(session: Session, meeting_id: int) -> list[int]:
    return list(session.scalars(select(GroupAttendance.person_id).where(GroupAttendance.meeting_id == meeting_id)))
