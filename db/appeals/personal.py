"""A person's appeals: as a file, and their end. An appeal goes where its application goes."""

from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session, joinedload

from db.appeals.models import Appeal, AppealStatus
from db.applications.models import Application
from db.caller import Caller
from db.notices import services as notices
from db.transitions import moving

PLACE = 42


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many appeals."""
    return {"appeals": select(func.count(Appeal.id)).where(Appeal.application_id.in_(_mine(person_id)))}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Every appeal with its answer."""
    rows = session.scalars(
        select(Appeal)
        .where(Appeal.application_id.in_(_mine(person_id)))
        .options(joinedload(Appeal.application).joinedload(Application.campaign))
        .order_by(Appeal.id)
    )
    return {
        "appeals": [
            {
                "campaign": one.application.campaign.title,
                "status": one.status.value,
                "text": one.text,
                "filed_at": one.filed_at,
                "due_at": one.due_at,
                "answer": one.answer,
                "answered_at": one.answered_at,
            }
            for one in rows
        ]
    }


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Takes back what waits."""
    waiting = moving(Appeal, AppealStatus.WITHDRAWN).where(Appeal.application_id.in_(_mine(person_id)))
    return {"appeals": len(session.scalars(waiting.returning(Appeal.id)).all())}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, Any]:
    """Wipes the words of both sides; that there was an appeal, and how it ended, stays as a number."""
    stop(session, caller, person_id=person_id)
    wiped = update(Appeal).where(Appeal.application_id.in_(_mine(person_id))).values(text=None, answer=None)
    ids = session.scalars(wiped.returning(Appeal.id)).all()
    for number in ids:
        notices.drop_param(session, prefix=f"appeals.dismissed:{number}", person_ids=[person_id], name="answer")
    return {"appeals": len(ids)}


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Nothing: an appeal hangs on its application, which has gone over already or stays under the former number."""


def _mine(person_id: int) -> Select[int]:
    return select(Application.id).where(Application.person_id == person_id)
