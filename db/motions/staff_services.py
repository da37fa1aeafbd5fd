"""Proposing by a figure, answering what was proposed, and what became of it: the panel's writes."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.audit import services as audit
from db.caller import Caller, StaffCaller
from db.errors import ConflictError, DomainError, ForbiddenError, NotFoundError
from db.events.models import Event, EventStatus
from db.groups import meetings
from db.groups.meetings import DecisionDraft, MeetingDraft
from db.groups.models import GroupMeeting, GroupMeetingStatus, MethodicalGroup
from db.groups.rules import AGENDA_LENGTH
from db.motions import reach
from db.motions.models import Motion, MotionStatus
from db.motions.notices import tell_decided
from db.motions.rules import ReportFigure
from db.plans.staff_services import LineDraft, save_line
from db.programmes.models import Programme
from db.transitions import move

LEAST_TEXT = 3


def submit(
    session: Session,
    caller: StaffCaller,
    *,
    figure: ReportFigure,
    programme_id: int | None,
    group_id: int | None,
    change: str,
) -> int:
    """Proposes a change by a figure and returns the proposal's id; the figure is the caller's to have read just now.

    One to a group stands for its next meeting, if there is one. Raises DomainError `motion_target`, `motion_change`,
    NotFoundError for a figure, a group or a programme out of reach, ForbiddenError.
    """
    _check_figure(session, caller, figure)
    if (programme_id is None) == (group_id is None):
        raise DomainError("motion_target")
    if len(change) < LEAST_TEXT:
        raise DomainError("motion_change")
    if group_id is not None:
        asked = select(MethodicalGroup.id).where(MethodicalGroup.id == group_id, reach.addressed(caller.scope))
        if session.scalar(asked) is None:
            raise NotFoundError
    elif session.scalar(select(Programme.id).where(Programme.id == programme_id, Programme.active)) is None:
        raise NotFoundError
    row = Motion(
        status=MotionStatus.SUBMITTED,
        author_id=caller.scope.staff_id,
        programme_id=programme_id,
        group_id=group_id,
        change=change,
        source=figure.source,
        measure=figure.measure,
        figure_name=figure.name,
        figure_about=figure.about,
        unit_name=figure.unit_name,
        centre_id=figure.centre_id,
        municipality_id=figure.municipality_id,
        organisation_id=figure.organisation_id,
        asked=dict(figure.asked),
        value=figure.value,
        word=figure.word,
        people=figure.people,
        least=figure.least,
        version=figure.version,
        form=figure.form,
        submitted_at=caller.now,
        meeting_id=next_meeting(session, caller, group_id=group_id),
    )
    session.add(row)
    session.flush()
    _record(session, caller, row, "motions.submit")
    return row.id


def withdraw(session: Session, caller: StaffCaller, *, motion_id: int) -> None:
    """Takes an own proposal back before anybody considers it.

    Raises ConflictError `motion_moved` for one that is considered already, NotFoundError, ForbiddenError.
    """
    row = reach.locked(session, caller.scope, motion_id)
    if row.author_id != caller.scope.staff_id:
        raise ForbiddenError
    move(row, MotionStatus.WITHDRAWN)
    _record(session, caller, row, "motions.withdraw")


def take_up(session: Session, caller: StaffCaller, *, motion_id: int) -> None:
    """Begins to consider a proposal: a group's goes on the agenda of its next meeting, whose members read it there.

    Raises DomainError `motion_meeting` where no meeting is planned, `motion_agenda` where its agenda is full,
    ConflictError `motion_moved`, NotFoundError, ForbiddenError.
    """
    row = reach.locked(session, caller.scope, motion_id)
    reach.check_answers(session, caller.scope, row)
    move(row, MotionStatus.CONSIDERED)
    if row.group_id is not None:
        row.meeting_id = next_meeting(session, caller, group_id=row.group_id)
        if row.meeting_id is None:
            raise DomainError("motion_meeting")
        meeting = session.get_one(GroupMeeting, row.meeting_id, with_for_update=True, populate_existing=True)
        agenda = "\n".join(part for part in (meeting.agenda, row.change) if part)
        if len(agenda) > AGENDA_LENGTH:
            raise DomainError("motion_agenda")
        draft = MeetingDraft(at=meeting.planned_at, place=meeting.place, link=meeting.link, agenda=agenda)
        meetings.save_meeting(session, caller, meeting_id=meeting.id, group_id=None, draft=draft)
    _record(session, caller, row, "motions.take_up")


def decide(session: Session, caller: StaffCaller, *, motion_id: int, accepted: bool, answer: str) -> None:
    """Accepts or declines a proposal with an answer, of which its author and the figure's centre hear.

    A group does so at its meeting: held, and with a quorum; what it accepts stands among that meeting's decisions.
    Raises DomainError `motion_answer`, `groups_not_held`, `groups_no_quorum`, ConflictError `motion_moved`,
    NotFoundError, ForbiddenError.
    """
    row = reach.locked(session, caller.scope, motion_id)
    reach.check_answers(session, caller.scope, row)
    if len(answer) < LEAST_TEXT:
        raise DomainError("motion_answer")
    move(row, MotionStatus.ACCEPTED if accepted else MotionStatus.DECLINED)
    row.answer, row.decided_at, row.decided_by = answer, caller.now, caller.scope.staff_id
    if row.meeting_id is not None:
        _check_meeting(session, row.meeting_id)
        if accepted:
            draft = DecisionDraft(text=row.change, responsible_id=None, due_on=None)
            row.decision_id = meetings.add_decision(session, caller, meeting_id=row.meeting_id, draft=draft)
    session.flush()
    told = tell_decided(session, caller, row)
    _record(session, caller, row, "motions.accept" if accepted else "motions.decline", told=told)


def plan(session: Session, caller: StaffCaller, *, motion_id: int, section_id: int | None, term: str) -> int:
    """Makes a line of a plan of an accepted proposal and returns the line's id.

    Raises DomainError `motion_not_accepted`, ConflictError `motion_planned`, and what `save_line` raises.
    """
    row = _accepted(session, caller, motion_id)
    if row.line_id is not None:
        raise ConflictError("motion_planned")
    draft = LineDraft(
        text=row.change,
        participants="",
        performers="",
        term=term,
        result=row.answer,
        starts=None,
        ends=None,
        period=None,
        times=1,
        active=True,
    )
    row.line_id = save_line(session, caller, line_id=None, section_id=section_id, draft=draft)
    _record(session, caller, row, "motions.plan", line=row.line_id)
    return row.line_id


def hold(session: Session, caller: StaffCaller, *, motion_id: int, event_id: int | None) -> None:
    """Says which event an accepted proposal became; another one, or none, may be named later.

    Raises DomainError `motion_not_accepted`, NotFoundError for an event out of reach, ForbiddenError.
    """
    row = _accepted(session, caller, motion_id)
    if event_id is not None:
        event = session.get(Event, event_id)
        if event is None or event.status is EventStatus.CANCELLED:
            raise NotFoundError
        caller.scope.check(event)
    row.event_id = event_id
    _record(session, caller, row, "motions.hold", event=event_id)


def next_meeting(session: Session, caller: Caller, *, group_id: int | None) -> int | None:
    """Returns the next planned meeting of a group, if there is one."""
    found = select(GroupMeeting.id).where(
        GroupMeeting.group_id == group_id,
        GroupMeeting.status == GroupMeetingStatus.PLANNED,
        GroupMeeting.planned_at > caller.now,
    )
    return session.scalar(found.order_by(GroupMeeting.planned_at, GroupMeeting.id).limit(1))


def _check_figure(session: Session, caller: StaffCaller, figure: ReportFigure) -> None:
    if figure.municipality_id is not None:
        caller.scope.check_write(figure.municipality_id)
    elif figure.centre_id is not None and not caller.scope.is_regional:
        if figure.centre_id not in set(session.scalars(reach.centres_within(caller.scope))):
            raise NotFoundError
        if not caller.scope.can_write:
            raise ForbiddenError
    else:
        caller.scope.check_region()


def _check_meeting(session: Session, meeting_id: int) -> None:
    meeting = session.get_one(GroupMeeting, meeting_id, with_for_update=True, populate_existing=True)
    if meeting.status is not GroupMeetingStatus.HELD:
        raise DomainError("groups_not_held")
    came = meetings.came_to(session, meeting_id)
    if came < meeting.needed:
        raise DomainError("groups_no_quorum", came=came, needed=meeting.needed)


def _accepted(session: Session, caller: StaffCaller, motion_id: int) -> Motion:
    row = reach.locked(session, caller.scope, motion_id)
    reach.check_answers(session, caller.scope, row)
    if row.status is not MotionStatus.ACCEPTED:
        raise DomainError("motion_not_accepted")
    return row


def _record(session: Session, caller: StaffCaller, row: Motion, action: str, **details: Any) -> None:
    audit.record(
        session,
        caller,
        action=action,
        object_type="motion",
        object_id=row.id,
        municipality_id=row.municipality_id,
        **details,
    )
