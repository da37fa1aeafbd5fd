"""Reminds whoever answers for a line before its term; notes what events were held; forgets files nobody put in."""

from datetime import timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller
from db.dictionaries.rules import Rules
from db.events.models import Event, EventStatus
from db.notices.rules import quiet_until, waking_moment
from db.plans.fulfilment import due_and_done, remind_again, settle
from db.plans.models import PlanEvent, PlanLine, PlanResponsible, PlanUpload, PlanUploadStatus
from db.plans.notices import remind
from db.plans.rules import reminder, told_by
from db.transitions import moving

AT_ONCE = 200
WAITS = timedelta(days=1)


def sweep(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Puts in the reminders of the day, each once, and works out the day of the next."""
    today = caller.now.astimezone(caller.zone).date()
    until = quiet_until(today, rules=rules)
    rows = session.scalars(
        select(PlanResponsible)
        .join(PlanLine, PlanLine.id == PlanResponsible.line_id)
        .where(PlanResponsible.remind_on <= until, or_(PlanResponsible.remind_on <= today, PlanLine.ends <= until))
        .options(joinedload(PlanResponsible.line))
        .order_by(PlanResponsible.remind_on, PlanResponsible.line_id, PlanResponsible.person_id)
        .limit(AT_ONCE)
        .with_for_update(of=PlanResponsible, skip_locked=True)
    ).all()
    for row in rows:
        due, done = due_and_done(session, row.line)
        found = reminder(due, done, today=today)
        due_today = found is not None and found[1] <= told_by(due[found[0]], today=today, until=until)
        if found is not None and due_today and row.line.active:
            slot = found[0]
            at = waking_moment(caller.now, rules=rules, zone=caller.zone)
            remind(session, caller, row.line, person_id=row.person_id, slot=slot, of=due[slot], due_at=at)
            done = done | {slot}
        remind_again(row, due, done, today=today)


def settle_events(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Notes the lines by which events were held that are over now, and forgets those that were called off."""
    held = (Event.ends_at <= caller.now) & (Event.status == EventStatus.PUBLISHED)
    rows = session.execute(
        select(PlanEvent, Event)
        .join(Event, Event.id == PlanEvent.event_id)
        .where(PlanEvent.settled.is_(False), held | (Event.status == EventStatus.CANCELLED))
        .order_by(PlanEvent.line_id, Event.ends_at)
        .limit(AT_ONCE)
        .with_for_update(of=PlanEvent, skip_locked=True)
    ).all()
    for row in rows:
        settle(session, caller, *row)


def forget_files(session: Session, caller: Caller) -> None:
    """Drops the words of files that waited for a day."""
    late = PlanUpload.created_at <= caller.now - WAITS
    session.execute(moving(PlanUpload, PlanUploadStatus.DROPPED).where(late).values(content={}))


EVERY_MINUTE = (sweep, settle_events)
EVERY_HOUR = (forget_files,)
