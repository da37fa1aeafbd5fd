"""A person's lines of the plan: as a file, and their end."""

from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from db.caller import Caller
from db.notices import services as notices
from db.plans.models import PlanFulfilment, PlanLine, PlanResponsible
from db.plans.notices import prefix
from db.reassign import reassign

PLACE = 55


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many lines one answers for."""
    return {"plan_lines": select(func.count()).where(PlanResponsible.person_id == person_id)}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """The lines that one answers for, and what one has noted as done oneself."""
    lines = session.scalars(
        select(PlanLine).join(PlanResponsible).where(PlanResponsible.person_id == person_id).order_by(PlanLine.id)
    )
    noted = session.scalars(
        select(PlanFulfilment).where(PlanFulfilment.noted_by == _actor(person_id)).order_by(PlanFulfilment.id)
    )
    return {
        "plan_lines": [{"text": line.text, "term": line.term} for line in lines],
        "plan_done": [{"done_on": one.done_on, "word": one.word, "noted_at": one.noted_at} for one in noted],
    }


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Ends that one answers for lines, and what was still to be said about them."""
    mine = session.scalars(select(PlanResponsible.line_id).where(PlanResponsible.person_id == person_id)).all()
    for line_id in mine:
        notices.cancel_prefix(session, prefix=prefix(line_id, person_id))
    session.execute(delete(PlanResponsible).where(PlanResponsible.person_id == person_id))
    return {"plan_lines": len(mine)}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Wipes one's own words; that the work was done stays with the plan, without who noted it."""
    gone = stop(session, caller, person_id=person_id)
    session.execute(
        update(PlanFulfilment).where(PlanFulfilment.noted_by == _actor(person_id)).values(word="", noted_by="")
    )
    return gone


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves every line; of two who answered for one the bot reminds once."""
    reassign(session, PlanResponsible.person_id, kept_id=kept_id, gone_id=gone_id, alike=[PlanResponsible.line_id])
    session.execute(update(PlanResponsible).where(PlanResponsible.person_id == gone_id).values(remind_on=None))
    noted = update(PlanFulfilment).where(PlanFulfilment.noted_by == _actor(gone_id))
    session.execute(noted.values(noted_by=_actor(kept_id)))


def _actor(person_id: int) -> str:
    return f"person:{person_id}"
