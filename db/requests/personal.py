"""A person's requests for help and answers: as a file, and their end."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, update
from sqlalchemy.orm import Session

from db.caller import Caller
from db.notices import services as notices
from db.reassign import reassign
from db.requests import services
from db.requests.models import HelpFile, HelpMessage, HelpRequest, HelpTurn, RequestStatus, TurnEnd
from db.requests.notices import CLOSED, prefix, tell
from db.requests.rules import OPEN

PLACE = 55


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many requests, and how many words of a dialogue."""
    return {
        "requests": select(func.count(HelpRequest.id)).where(HelpRequest.person_id == person_id),
        "answers": select(func.count(HelpMessage.id)).where(HelpMessage.person_id == person_id),
    }


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """What the person asked and said; the other's words are the other's own data."""
    requests = session.scalars(select(HelpRequest).where(HelpRequest.person_id == person_id).order_by(HelpRequest.id))
    said = session.scalars(select(HelpMessage).where(HelpMessage.person_id == person_id).order_by(HelpMessage.id))
    turns = session.scalars(select(HelpTurn).where(HelpTurn.person_id == person_id).order_by(HelpTurn.id))
    files = session.scalars(select(HelpFile).where(HelpFile.person_id == person_id).order_by(HelpFile.id))
    return {
        "requests": [
            {
                "component": one.component,
                "direction": one.direction.name if one.direction else None,
                "group": one.group.name if one.group else None,
                "status": one.status.value,
                "not_own_school": one.not_own_school,
                "question": one.question,
                "asked_at": one.asked_at,
                "due_at": one.due_at,
                "late_at": one.late_at,
                "answered_at": one.answered_at,
                "closed_at": one.closed_at,
                "helped": one.helped,
            }
            for one in requests
        ],
        "answers": [{"text": one.text, "said_at": one.said_at} for one in said],
        "turns": [
            {
                "given_at": one.given_at,
                "ended_at": one.ended_at,
                "ended": one.ended.value if one.ended else None,
            }
            for one in turns
        ],
        "request_files": [one.scan.file_name for one in files],
    }


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Closes what the person asked, and passes what they were to answer on to the next who fits."""
    draft = HelpRequest.person_id == person_id, HelpRequest.status == RequestStatus.DRAFT
    for request in session.scalars(select(HelpRequest).where(*draft).with_for_update()).all():
        services.drop_files(session, HelpFile.request_id == request.id)
        session.delete(request)
    session.flush()
    mine = or_(HelpRequest.person_id == person_id, HelpRequest.assignee_id == person_id)
    rows = session.scalars(
        select(HelpRequest).where(mine, HelpRequest.status.in_(OPEN)).order_by(HelpRequest.id).with_for_update()
    ).all()
    for request in rows:
        if request.person_id == person_id:
            services.finish(session, caller, request)
            if request.assignee_id is not None:
                tell(session, caller, request, request.assignee_id, CLOSED, "closed")
            continue
        services.leave(session, caller, request, TurnEnd.LEFT)
    session.flush()
    return {"requests": len(rows)}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, Any]:
    """Wipes the person's words and files; that somebody asked and was answered stays as a number."""
    counted: dict[str, Any] = stop(session, caller, person_id=person_id)
    for request in session.scalars(select(HelpRequest).where(_touched(person_id))).all():
        # Who was told the words reads them no more.
        people = {request.person_id, *_answered(session, request.id)}
        notices.drop_param(session, prefix=prefix(request.id), person_ids=people, name="text")
    session.execute(update(HelpMessage).where(HelpMessage.person_id == person_id).values(text=None))
    session.execute(update(HelpRequest).where(HelpRequest.person_id == person_id).values(question=None))
    counted["files"] = services.drop_files(session, HelpFile.person_id == person_id)
    return counted


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves every request, turn and word; what one asked and the other was to answer goes to the next."""
    for asker, member in ((kept_id, gone_id), (gone_id, kept_id)):
        both = HelpRequest.person_id == asker, HelpRequest.assignee_id == member
        for request in session.scalars(select(HelpRequest).where(*both).with_for_update()).all():
            if request.status in OPEN:
                services.leave(session, caller, request, TurnEnd.LEFT)
            else:
                request.assignee_id = None
    draft = select(HelpRequest).where(HelpRequest.status == RequestStatus.DRAFT)
    drafts = session.scalars(draft.where(HelpRequest.person_id.in_((kept_id, gone_id)))).all()
    if len(drafts) > 1:  # one person has one draft: the words of both are in it
        kept, gone = sorted(drafts, key=lambda one: one.person_id != kept_id)
        kept.question = "\n".join(filter(None, (kept.question, gone.question))) or None
        session.execute(update(HelpFile).where(HelpFile.request_id == gone.id).values(request_id=kept.id))
        session.delete(gone)
    session.flush()
    for column in (
        HelpRequest.person_id,
        HelpRequest.assignee_id,
        HelpTurn.person_id,
        HelpMessage.person_id,
        HelpFile.person_id,
    ):
        reassign(session, column, kept_id=kept_id, gone_id=gone_id)


def _touched(person_id: int) -> ColumnElement[bool]:
    said = select(HelpMessage.request_id).where(HelpMessage.person_id == person_id)
    return or_(HelpRequest.person_id == person_id, HelpRequest.id.in_(said))


def _answered(session: Session, request_id: int) -> set[int]:
    return set(session.scalars(select(HelpTurn.person_id).where(HelpTurn.request_id == request_id)))
