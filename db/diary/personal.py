"""A person's diary: as a file, and its end."""

from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller
from db.diary import services
from db.diary.models import DiaryLine, DiaryTally
from db.reassign import reassign

PLACE = 61


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many lines."""
    return {"diary": select(func.count()).where(DiaryLine.person_id == person_id)}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Every line as it stands; of a deleted one that it was."""
    rows = session.scalars(
        select(DiaryLine)
        .where(DiaryLine.person_id == person_id)
        .options(joinedload(DiaryLine.activity))
        .order_by(DiaryLine.day, DiaryLine.id)
    )
    return {
        "diary": [
            {
                "day": one.day,
                "activity": one.activity.name,
                "text": one.text,
                "hours": one.hours,
                "source": one.source.value if one.source else None,
                "dropped_at": one.dropped_at,
            }
            for one in rows
        ]
    }


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Nothing goes on: whose roles have ended keeps no diary."""
    return {}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, Any]:
    """Deletes every line."""
    gone = session.scalar(counts(person_id=person_id)["diary"]) or 0
    session.execute(delete(DiaryTally).where(DiaryTally.person_id == person_id))
    session.execute(delete(DiaryLine).where(DiaryLine.person_id == person_id))
    return {"diary": gone}


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves every line; of two lines of one thing one stays under the former number."""
    alike = [DiaryLine.source, DiaryLine.source_id]
    reassign(session, DiaryLine.person_id, kept_id=kept_id, gone_id=gone_id, alike=alike)
    for person_id in (kept_id, gone_id):
        services.recount(session, person_id=person_id)
