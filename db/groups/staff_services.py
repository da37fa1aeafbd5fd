"""What the panel does with groups: makes and closes them, names heads and members, keeps the results of a year."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.dictionaries.models import Centre, Municipality, Organisation, Term, TermKind
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.groups import membership, rules
from db.groups.meetings import locked_decision
from db.groups.models import (
    GroupDecision,
    GroupKind,
    GroupLevel,
    GroupMeeting,
    GroupMember,
    GroupResult,
    GroupStatus,
    MemberStatus,
    MethodicalGroup,
)
from db.groups.notices import ACCEPTED, DECLINED, tell_verdict
from db.groups.staff_queries import check_reach
from db.limits import YEARS
from db.people.models import Person
from db.plans import fulfilment
from db.transitions import move


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDraft:
    """What a methodist says about a group: the unit is the narrowest that is named, none for the whole region."""

    name: str
    kind_id: int | None
    centre_id: int | None
    municipality_id: int | None
    organisation_id: int | None
    subject_id: int | None
    parent_id: int | None
    quorum: int | None
    about: str


def save_group(
    session: Session,
    caller: StaffCaller,
    *,
    group_id: int | None,
    draft: GroupDraft,
    decision_id: int | None = None,
    training: bool = False,
) -> int:
    """Makes a group or changes one, and returns its id; `decision_id` is the decision that creates it.

    Raises DomainError `groups_name`, `groups_kind`, `groups_quorum`, `groups_parent`, ConflictError `groups_made`,
    NotFoundError, ForbiddenError.
    """
    if len(draft.name) < 3:
        raise DomainError("groups_name")
    if draft.quorum is not None and not 1 <= draft.quorum <= rules.MOST_QUORUM:
        raise DomainError("groups_quorum")
    if group_id is None:
        row = MethodicalGroup(created_at=caller.now, training=training)
    else:
        row = membership.locked(session, group_id, working=False)
        check_reach(session, caller.scope, row, write=True)
    kind = session.get(GroupKind, draft.kind_id) if draft.kind_id is not None else None
    if kind is None:
        raise DomainError("groups_kind")
    _place(session, caller, row, draft)
    row.name = texts.one_alphabet(draft.name, field="name")
    row.quorum, row.about = draft.quorum, draft.about
    row.subject_id = _subject(session, draft.subject_id)
    if row.kind_id != kind.id:
        row.kind_id = kind.id
        if row.head_id is not None:
            membership.check_heads_none(session, row, membership.present(session, row.head_id))
    _support(session, caller, row, draft.parent_id)
    session.add(row)
    session.flush()
    if decision_id is not None and group_id is None:
        _made_by(session, caller, row, decision_id)
    audit.record(
        session,
        caller,
        action="groups.save",
        object_type="group",
        object_id=row.id,
        municipality_id=row.municipality_id,
        decision=decision_id,
    )
    return row.id


def close(session: Session, caller: StaffCaller, *, group_id: int) -> None:
    """Closes a group; who asked to join is told that they were not taken. Raises NotFoundError, ForbiddenError."""
    row = _reached(session, caller, group_id)
    move(row, GroupStatus.CLOSED)
    row.closed_at = caller.now
    waiting = select(GroupMember).where(GroupMember.group_id == group_id, GroupMember.status == MemberStatus.ASKED)
    for one in session.scalars(waiting).all():
        move(one, MemberStatus.DECLINED)
        tell_verdict(session, caller, row, one, DECLINED)
    for person_id in membership.members(session, group_id):
        membership.silence(session, group_id, person_id)
    audit.record(
        session,
        caller,
        action="groups.close",
        object_type="group",
        object_id=group_id,
        municipality_id=row.municipality_id,
    )


def reopen(session: Session, caller: StaffCaller, *, group_id: int) -> None:
    """Opens a closed group again. Raises ConflictError `groups_heads_already`, NotFoundError, ForbiddenError."""
    row = _reached(session, caller, group_id, working=False)
    if row.head_id is not None:
        membership.check_heads_none(session, row, session.get_one(Person, row.head_id, with_for_update=True))
    move(row, GroupStatus.ACTIVE)
    row.closed_at = None
    audit.record(
        session,
        caller,
        action="groups.reopen",
        object_type="group",
        object_id=group_id,
        municipality_id=row.municipality_id,
    )


def name_head(session: Session, caller: StaffCaller, *, group_id: int, person_id: int | None) -> None:
    """Gives a group its head, or none. Raises ConflictError `groups_heads_already`, NotFoundError, ForbiddenError."""
    row = _reached(session, caller, group_id)
    person = _reached_person(session, caller, person_id) if person_id is not None else None
    if not membership.lead(session, caller, row, person_id):
        return
    audit.record(
        session,
        caller,
        action="groups.name_head",
        object_type="group",
        object_id=group_id,
        subject_person_id=person.id if person else None,
        municipality_id=row.municipality_id,
    )


def add_member(session: Session, caller: StaffCaller, *, group_id: int, person_id: int, since: date | None) -> None:
    """Makes somebody within reach a member; twice is once. Raises NotFoundError, ForbiddenError."""
    row = _reached(session, caller, group_id)
    person = _reached_person(session, caller, person_id)
    membership.present(session, person_id)
    asked = membership.live(session, group_id, person_id)
    if not membership.join(session, caller, row, person_id, since=since or membership.today(caller)):
        return
    if asked is not None:
        tell_verdict(session, caller, row, asked, ACCEPTED)
    audit.record(
        session,
        caller,
        action="groups.add_member",
        object_type="group",
        object_id=group_id,
        subject_person_id=person_id,
        municipality_id=person.municipality_id,
    )


def end_member(session: Session, caller: StaffCaller, *, member_id: int, until: date | None) -> int:
    """Ends a membership, or declines who asked; returns the group's id. Raises NotFoundError, ForbiddenError."""
    group_id = session.scalar(select(GroupMember.group_id).where(GroupMember.id == member_id))
    row = _reached(session, caller, group_id or 0)
    member = session.get_one(GroupMember, member_id, populate_existing=True)
    if member.status is MemberStatus.ASKED:
        move(member, MemberStatus.DECLINED)
        tell_verdict(session, caller, row, member, DECLINED)
    elif member.status is MemberStatus.ACTIVE:
        membership.part(session, caller, row, member, until=until or membership.today(caller))
    else:
        raise ConflictError("groups_decided")
    audit.record(
        session,
        caller,
        action="groups.end_member",
        object_type="group",
        object_id=row.id,
        subject_person_id=member.person_id,
        municipality_id=row.municipality_id,
    )
    return row.id


def add_result(session: Session, caller: StaffCaller, *, group_id: int, year: int | None, text: str) -> None:
    """Adds a line to what a group came to in a year.

    Raises DomainError `groups_result`, `groups_year`, NotFoundError, ForbiddenError.
    """
    row = _reached(session, caller, group_id, working=False)
    if len(text) < 3:
        raise DomainError("groups_result")
    if year is None or year not in YEARS:
        raise DomainError("groups_year")
    session.add(GroupResult(group_id=group_id, year=year, text=text))
    audit.record(
        session,
        caller,
        action="groups.add_result",
        object_type="group",
        object_id=group_id,
        municipality_id=row.municipality_id,
    )


def drop_result(session: Session, caller: StaffCaller, *, group_id: int, result_id: int) -> None:
    """Removes such a line. Raises NotFoundError, ForbiddenError."""
    row = _reached(session, caller, group_id, working=False)
    result = session.get(GroupResult, result_id)
    if result is None or result.group_id != group_id:
        raise NotFoundError
    session.delete(result)
    audit.record(
        session,
        caller,
        action="groups.drop_result",
        object_type="group",
        object_id=group_id,
        municipality_id=row.municipality_id,
    )


def fulfil(session: Session, caller: StaffCaller, *, decision_id: int, line_id: int) -> int:
    """Has a decision fulfil the next time that a line of a plan is due, on its meeting's day; returns the meeting's id.

    The plan says whose decision it was, never its words, and the mark is taken back there. Raises ConflictError
    `groups_decision_line`, `plan_done`, NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    row, meeting = locked_decision(session, caller, decision_id)
    if row.fulfilment_id is not None:
        raise ConflictError("groups_decision_line")
    line = fulfilment.locked(session, line_id)
    day = min(meeting.planned_at.astimezone(caller.zone).date(), membership.today(caller))
    made = fulfilment.fill(session, caller, line, done_on=day, word=meeting.group.name)
    row.fulfilment_id = made.id
    audit.record(
        session,
        caller,
        action="groups.fulfil",
        object_type="group_decision",
        object_id=decision_id,
        municipality_id=meeting.group.municipality_id,
        line=line_id,
    )
    return meeting.id


def _reached(session: Session, caller: StaffCaller, group_id: int, *, working: bool = True) -> MethodicalGroup:
    row = membership.locked(session, group_id, working=False)
    check_reach(session, caller.scope, row, write=True)
    if working and row.status is not GroupStatus.ACTIVE:
        raise ConflictError("groups_closed")
    return row


def _reached_person(session: Session, caller: StaffCaller, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFoundError
    caller.scope.check(person)
    return person


def _place(session: Session, caller: StaffCaller, row: MethodicalGroup, draft: GroupDraft) -> None:
    """Gives the group its unit: the whole of it must be within reach."""
    level, place = GroupLevel.REGION, None
    if draft.organisation_id is not None:
        organisation = session.get(Organisation, draft.organisation_id)
        if organisation is None or not organisation.confirmed:
            raise NotFoundError
        caller.scope.check_write(organisation)
        level, place = GroupLevel.ORGANISATION, organisation.municipality_id
    elif draft.municipality_id is not None:
        caller.scope.check_write(draft.municipality_id)
        if session.get(Municipality, draft.municipality_id) is None:
            raise NotFoundError
        level, place = GroupLevel.MUNICIPALITY, draft.municipality_id
    elif draft.centre_id is not None:
        _check_centre(session, caller, draft.centre_id)
        level = GroupLevel.CENTRE
    else:
        caller.scope.check_region()
    # All at once: a half of it would be no unit.
    row.level, row.municipality_id = level, place
    row.organisation_id = draft.organisation_id if level is GroupLevel.ORGANISATION else None
    row.centre_id = draft.centre_id if level is GroupLevel.CENTRE else None


def _check_centre(session: Session, caller: StaffCaller, centre_id: int) -> None:
    served = session.scalars(select(Municipality).where(Municipality.centre_id == centre_id)).all()
    if session.get(Centre, centre_id) is None or not (served or caller.scope.is_regional):
        raise NotFoundError
    for one in served:
        caller.scope.check_write(one)
    if not caller.scope.can_write:
        raise ForbiddenError


def _subject(session: Session, subject_id: int | None) -> int | None:
    if subject_id is None:
        return None
    term = session.get(Term, subject_id)
    if term is None or term.kind is not TermKind.SUBJECT:
        raise NotFoundError
    return term.id


def _support(session: Session, caller: StaffCaller, row: MethodicalGroup, parent_id: int | None) -> None:
    """Puts the group under the one that supports it; the one it stands under already may be out of reach."""
    if parent_id == row.parent_id and row.id is not None:
        return
    if parent_id is not None:
        parent = session.get(MethodicalGroup, parent_id)
        if parent is None:
            raise NotFoundError
        check_reach(session, caller.scope, parent)
        above = dict(session.execute(select(MethodicalGroup.id, MethodicalGroup.parent_id)).all())
        rules.check_parent(row.id, parent_id, above)
    row.parent_id = parent_id


def _made_by(session: Session, caller: StaffCaller, row: MethodicalGroup, decision_id: int) -> None:
    """Links a group with the decision that creates it."""
    decision = session.get(GroupDecision, decision_id, with_for_update=True)
    if decision is None:
        raise NotFoundError
    by = session.get_one(GroupMeeting, decision.meeting_id).group_id
    check_reach(session, caller.scope, session.get_one(MethodicalGroup, by), write=True)
    if decision.created_id is not None:
        raise ConflictError("groups_made")
    decision.created_id = row.id
