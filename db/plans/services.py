"""What whoever answers for a line does with it in the bot."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.errors import NotFoundError
from db.plans import fulfilment
from db.plans.models import PlanFulfilment, PlanLine, PlanResponsible

WORD_LENGTH = 1000


def done(session: Session, caller: PersonCaller, *, line_id: int, slot: int) -> None:
    """Notes that a slot of an own line is done today. Raises NotFoundError, ConflictError `plan_done`."""
    line = _own(session, caller, line_id)
    fulfilment.fill(session, caller, line, slot=slot, done_on=caller.now.astimezone(caller.zone).date())


def say(session: Session, caller: PersonCaller, *, line_id: int, slot: int, word: str) -> None:
    """Adds what was done and with which result to what one has noted oneself. Raises NotFoundError."""
    _own(session, caller, line_id)
    _noted(session, caller, line_id, slot).word = word


def reopen(session: Session, caller: PersonCaller, *, line_id: int, slot: int) -> None:
    """Takes back what one has noted oneself. Raises NotFoundError."""
    line = _own(session, caller, line_id)
    session.delete(_noted(session, caller, line_id, slot))
    session.flush()
    fulfilment.plan_reminders(session, caller, line)


def _noted(session: Session, caller: PersonCaller, line_id: int, slot: int) -> PlanFulfilment:
    made = session.scalar(
        select(PlanFulfilment).where(
            PlanFulfilment.line_id == line_id, PlanFulfilment.slot == slot, PlanFulfilment.noted_by == caller.actor
        )
    )
    if made is None:
        raise NotFoundError
    return made


def _own(session: Session, caller: PersonCaller, line_id: int) -> PlanLine:
    line = fulfilment.locked(session, line_id)
    if session.get(PlanResponsible, (line_id, caller.person_id)) is None or not line.active:
        raise NotFoundError
    return line
