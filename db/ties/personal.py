"""Whom a person declared close: as a file, and its end."""

from typing import Any

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller
from db.reassign import reassign
from db.ties.models import Tie

PLACE = 46


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many people the person declared close."""
    return {"ties": select(func.count()).where(Tie.person_id == person_id)}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Whom the person declared; of others' word about the person only the day: who said it is their own."""
    mine = select(Tie).where(Tie.person_id == person_id).order_by(Tie.id)
    own = session.scalars(mine.options(joinedload(Tie.organisation)))
    others = session.scalars(select(Tie.declared_at).where(Tie.other_id == person_id).order_by(Tie.id))
    return {
        "ties": [
            {
                "name": one.name,
                "organisation": one.organisation.name if one.organisation else None,
                "kind": one.kind.value,
                "declared_at": one.declared_at,
                "paper_on": one.paper_on,
            }
            for one in own
        ],
        "declared_by_others": [{"declared_at": at} for at in others],
    }


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Ends nothing: who comes back is still a relative."""
    return {}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Deletes whom the person declared, and who declared the person's row."""
    mine = or_(Tie.person_id == person_id, Tie.other_id == person_id)
    return {"ties": len(session.scalars(delete(Tie).where(mine).returning(Tie.id)).all())}


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves what was declared, by both and of both; of two alike one stays."""
    both = (kept_id, gone_id)
    session.execute(delete(Tie).where(Tie.person_id.in_(both), Tie.other_id.in_(both)))
    names = select(Tie.key).where(Tie.person_id == kept_id, Tie.key.is_not(None))
    session.execute(delete(Tie).where(Tie.person_id == gone_id, Tie.key.in_(names)))
    for column in (Tie.other_id, Tie.organisation_id):
        there = select(column).where(Tie.person_id == kept_id, column.is_not(None))
        session.execute(delete(Tie).where(Tie.person_id == gone_id, column.in_(there)))
    reassign(session, Tie.person_id, kept_id=kept_id, gone_id=gone_id)
    reassign(session, Tie.other_id, kept_id=kept_id, gone_id=gone_id, alike=[Tie.person_id])
    session.execute(delete(Tie).where(Tie.other_id == gone_id))
