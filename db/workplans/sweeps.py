"""Reminds heads before a line's term; takes back what was done by a meeting or an event that was called off since."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller
from db.dictionaries.rules import Rules
from db.events.models import Event, EventStatus
from db.groups.membership import today
from db.groups.models import GroupMeeting, GroupMeetingStatus, GroupStatus
from db.notices.rules import quiet_until, waking_moment
from db.plans.rules import reminder, told_by
from db.workplans.deeds import due_and_done, plan_reminder
from db.workplans.models import WorkplanFulfilment, WorkplanLine
from db.workplans.notices import remind

AT_ONCE = 200


def sweep(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Puts in the reminders of the day, each once, and works out the day of the next."""
    day = today(caller)
    until = quiet_until(day, rules=rules)
    found = session.scalars(
        select(WorkplanLine)
        .where(WorkplanLine.remind_on <= until, or_(WorkplanLine.remind_on <= day, WorkplanLine.ends <= until))
        .options(joinedload(WorkplanLine.group))
        .order_by(WorkplanLine.remind_on, WorkplanLine.id)
        .limit(AT_ONCE)
        .with_for_update(of=WorkplanLine, skip_locked=True)
    ).all()
    for row in found:
        due, done = due_and_done(session, row)
        next_one = reminder(due, done, today=day)
        if next_one is not None and next_one[1] <= told_by(due[next_one[0]], today=day, until=until):
            slot, head_id = next_one[0], row.group.head_id
            if head_id is not None and row.group.status is GroupStatus.ACTIVE:
                at = waking_moment(caller.now, rules=rules, zone=caller.zone)
                remind(session, caller, row, person_id=head_id, slot=slot, of=due[slot], due_at=at)
            next_one = reminder(due, done | {slot}, today=day)
        row.remind_on = next_one[1] if next_one else None


def reopen(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Opens the slots again whose meeting or event was called off after it had been named."""
    gone = or_(GroupMeeting.status == GroupMeetingStatus.CANCELLED, Event.status == EventStatus.CANCELLED)
    found = session.scalars(
        select(WorkplanFulfilment)
        .outerjoin(GroupMeeting, GroupMeeting.id == WorkplanFulfilment.meeting_id)
        .outerjoin(Event, Event.id == WorkplanFulfilment.event_id)
        .where(gone)
        .options(joinedload(WorkplanFulfilment.line))
        .limit(AT_ONCE)
    ).all()
    for one in found:
        session.delete(one)
        session.flush()
        plan_reminder(session, caller, one.line)


EVERY_MINUTE = (sweep, reopen)
EVERY_HOUR = ()
