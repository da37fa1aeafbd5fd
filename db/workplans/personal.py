"""What a person has noted in the plans of groups: as a file, and its end."""

from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from db.caller import Caller
from db.workplans.models import WorkplanFulfilment

PLACE = 57


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many lines one has noted as done."""
    return {"workplan_done": select(func.count()).where(WorkplanFulfilment.noted_by == _actor(person_id))}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """What one has noted as done, with one's own words."""
    noted = session.scalars(
        select(WorkplanFulfilment)
        .where(WorkplanFulfilment.noted_by == _actor(person_id))
        .order_by(WorkplanFulfilment.id)
    )
    return {"workplan_done": [{"done_on": one.done_on, "word": one.word, "noted_at": one.noted_at} for one in noted]}


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Ends nothing of its own: who leaves heads no group any more, and the group's plan stays."""
    return {}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Wipes one's own words; that the work was done stays with the plan, without who noted it."""
    session.execute(
        update(WorkplanFulfilment).where(WorkplanFulfilment.noted_by == _actor(person_id)).values(word="", noted_by="")
    )
    return {}


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Has the one who stays answer for what both have noted."""
    noted = update(WorkplanFulfilment).where(WorkplanFulfilment.noted_by == _actor(gone_id))
    session.execute(noted.values(noted_by=_actor(kept_id)))


def _actor(person_id: int) -> str:
    return f"person:{person_id}"
