"""A person's expert work: as a file, and its end."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller
from db.diary import services as diary
from db.diary.models import DiaryLine, DiarySource
from db.documents import scans
from db.expertise.models import Difficulty, ExpertStatus, ExpertWork
from db.expertise.notices import prefix
from db.expertise.queries import whole
from db.expertise.rules import STANDING
from db.notices import services as notices
from db.reassign import reassign
from db.transitions import move

PLACE = 62


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many pieces of work."""
    return {"expertise": select(func.count()).where(ExpertWork.person_id == person_id)}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Every piece of work, and difficulties that were noted."""
    rows = session.scalars(whole().where(ExpertWork.person_id == person_id).order_by(ExpertWork.id))
    return {
        "expertise": [
            {
                "title": one.title,
                "activity": one.kind.name,
                "organisation": one.organisation.name if one.organisation else None,
                "starts_on": one.starts_on,
                "ends_on": one.ends_on,
                "hours": one.hours,
                "status": one.status.value,
                "file": one.scan.file_name if one.scan else None,
            }
            for one in rows
        ],
        "difficulties": [
            {"day": one.day, "component": component, "number_of_people": people}
            for one, component, people in session.execute(
                select(DiaryLine, Difficulty.component, Difficulty.people)
                .join_from(Difficulty, DiaryLine, DiaryLine.id == Difficulty.line_id)
                .where(DiaryLine.person_id == person_id)
                .order_by(DiaryLine.id, Difficulty.component)
            )
        ],
    }


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Takes back what is ahead: nobody without consent is waited for."""
    ahead = session.scalars(
        select(ExpertWork).where(ExpertWork.person_id == person_id, ExpertWork.status.in_(STANDING)).with_for_update()
    ).all()
    for row in ahead:
        move(row, ExpertStatus.CANCELLED)
        notices.cancel_prefix(session, prefix=prefix(row.id))
    return {"expertise": len(ahead)}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, Any]:
    """Deletes every piece of work with its letter."""
    rows = session.scalars(
        select(ExpertWork).where(ExpertWork.person_id == person_id).options(joinedload(ExpertWork.scan))
    ).all()
    files = [row.scan.stored_name for row in rows if row.scan is not None]
    for row in rows:
        _remove(session, caller, row)
    return {"expertise": len(rows), "files": files}


def _remove(session: Session, caller: Caller, row: ExpertWork) -> None:
    """Deletes a piece of work, its letter and its line of the diary."""
    scan_id = row.scan_id
    notices.cancel_prefix(session, prefix=prefix(row.id))
    diary.remove(session, caller, source=DiarySource.EXPERTISE, source_id=row.id)
    session.delete(row)
    session.flush()
    scans.drop(session, scan_id=scan_id)


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves every piece of work."""
    reassign(session, ExpertWork.person_id, kept_id=kept_id, gone_id=gone_id)
