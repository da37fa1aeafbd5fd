"""A line's slots as they are filled: by the panel and by whoever answers for the line, each slot once."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.errors import ConflictError, NotFoundError
from db.events.models import Event, EventStatus
from db.plans.models import PlanEvent, PlanFulfilment, PlanLine, PlanResponsible, Way
from db.plans.rules import Slot, next_slot, reminder, slot_of, slots


def locked(session: Session, line_id: int) -> PlanLine:
    """Returns one line, locked: two people who note the same slot are one after the other. Raises NotFoundError."""
    row = session.get(PlanLine, line_id, with_for_update=True)
    if row is None:
        raise NotFoundError
    return row


def due_and_done(session: Session, line: PlanLine) -> tuple[Sequence[Slot], set[int]]:
    """Returns the slots of a line and which of them are done."""
    done = set(session.scalars(select(PlanFulfilment.slot).where(PlanFulfilment.line_id == line.id)))
    return slots(line.starts, line.ends, line.period, line.times), done


def fill(
    session: Session,
    caller: Caller,
    line: PlanLine,
    *,
    slot: int | None = None,
    done_on: date,
    way: Way = Way.HAND,
    word: str = "",
    event_id: int | None = None,
    document_id: int | None = None,
) -> PlanFulfilment:
    """Notes that a slot of a locked line is done, the next one by default.

    Raises ConflictError `plan_done`, NotFoundError for a line that was taken out of its plan.
    """
    if not line.active:
        raise NotFoundError
    due, done = due_and_done(session, line)
    chosen = next_slot(due, done) if slot is None else slot
    if chosen is None or chosen in done or chosen >= max(len(due), 1):
        raise ConflictError("plan_done")
    made = PlanFulfilment(
        line_id=line.id,
        slot=chosen,
        done_on=done_on,
        way=way,
        event_id=event_id,
        document_id=document_id,
        word=word,
        noted_at=caller.now,
        noted_by=caller.actor,
    )
    session.add(made)
    session.flush()
    plan_reminders(session, caller, line)
    return made


def settle(session: Session, caller: Caller, held: PlanEvent, event: Event) -> PlanFulfilment | None:
    """Notes that an event which is over was held by its line, in the slot of its day where that is open.

    Nothing is noted of one that was called off, that is in the plan by hand already, or where the line is all done.
    """
    held.settled = True
    line = locked(session, held.line_id)
    noted = select(PlanFulfilment.id).where(PlanFulfilment.event_id == event.id)
    if event.status is not EventStatus.PUBLISHED or session.scalar(noted) is not None:
        return None
    due, done = due_and_done(session, line)
    day = event.starts_at.astimezone(caller.zone).date()
    slot = slot_of(due, done, day)
    if slot is None:
        return None
    return fill(session, caller, line, slot=slot, done_on=day, way=Way.EVENT, event_id=event.id)


def plan_reminders(session: Session, caller: Caller, line: PlanLine) -> None:
    """Works out anew when those who answer for a line are reminded: its term or what is done of it has changed."""
    due, done = due_and_done(session, line)
    today = caller.now.astimezone(caller.zone).date()
    for row in session.scalars(select(PlanResponsible).where(PlanResponsible.line_id == line.id)):
        remind_again(row, due, done if line.active else set(range(len(due))), today=today)


def remind_again(row: PlanResponsible, due: Sequence[Slot], done: set[int], *, today: date) -> None:
    """Writes down the day of the next reminder. A repeated notice is kept out by its key."""
    found = reminder(due, done, today=today)
    row.remind_on = found[1] if found else None
