"""Reminds whoever answers for a line before its term."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller
from db.dictionaries.rules import Rules
from db.notices.rules import waking_moment
from db.plans.fulfilment import due_and_done, remind_again
from db.plans.models import PlanResponsible
from db.plans.notices import remind
from db.plans.rules import reminder

AT_ONCE = 200


def sweep(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Puts in the reminders of the day, each once, and works out the day of the next."""
    today = caller.now.astimezone(caller.zone).date()
    rows = session.scalars(
        select(PlanResponsible)
        .where(PlanResponsible.remind_on <= today)
        .options(joinedload(PlanResponsible.line))
        .order_by(PlanResponsible.remind_on, PlanResponsible.line_id, PlanResponsible.person_id)
        .limit(AT_ONCE)
        .with_for_update(of=PlanResponsible, skip_locked=True)
    ).all()
    for row in rows:
        due, done = due_and_done(session, row.line)
        found = reminder(due, done, today=today)
        if found is not None and found[1] <= today and row.line.active:
            slot = found[0]
            at = waking_moment(caller.now, rules=rules, zone=caller.zone)
            remind(session, caller, row.line, person_id=row.person_id, slot=slot, of=due[slot], due_at=at)
            done = done | {slot}
        remind_again(row, due, done, today=today)


EVERY_MINUTE = (sweep,)
EVERY_HOUR = ()
