"""A person's applications to the methodical active: as a file, and their end."""

from typing import Any

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from db.applications.models import Application, ApplicationStatus, CriterionAnswer, Decision, Document
from db.caller import Caller
from db.reassign import exchange, reassign
from db.transitions import move

PLACE = 40

DECIDED = (ApplicationStatus.APPROVED, ApplicationStatus.REJECTED)
OPEN = (ApplicationStatus.DRAFT, ApplicationStatus.SUBMITTED, ApplicationStatus.RETURNED)


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many applications, and documents in them."""
    return {
        "applications": select(func.count()).where(Application.person_id == person_id),
        "documents": select(func.count()).where(
            Document.application_id == Application.id, Application.person_id == person_id
        ),
    }


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Every application with its answers, the list of its documents and the decisions."""
    rows = session.scalars(
        select(Application)
        .where(Application.person_id == person_id)
        .options(
            joinedload(Application.campaign),
            joinedload(Application.direction),
            joinedload(Application.category),
            selectinload(Application.answers),
            selectinload(Application.documents),
            selectinload(Application.decisions),
        )
        .order_by(Application.id)
    )
    return {"applications": [_application(row) for row in rows]}


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Withdraws what is not decided yet."""
    rows = session.scalars(
        select(Application)
        .where(Application.person_id == person_id, Application.status.in_(OPEN))
        .with_for_update()
        .order_by(Application.id)
    ).all()
    for row in rows:
        move(row, ApplicationStatus.WITHDRAWN)
        row.assigned_to = None
        row.revision += 1
    session.flush()
    return {"withdrawn": len(rows)}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, Any]:
    """Deletes answers and documents.

    A decided application stays as a bare line, so that the selection's figures (submitted, approved, rejected) remain
    true. `files` are the stored names to delete after the commit.
    """
    stop(session, caller, person_id=person_id)
    mine = select(Application.id).where(Application.person_id == person_id)
    files = list(session.scalars(select(Document.stored_name).where(Document.application_id.in_(mine))))
    session.execute(delete(Document).where(Document.application_id.in_(mine)))
    session.execute(delete(CriterionAnswer).where(CriterionAnswer.application_id.in_(mine)))
    session.execute(
        update(Decision).where(Decision.application_id.in_(mine)).values(comment=None, remarks={}, undone_reason=None)
    )
    own = update(Application).where(Application.person_id == person_id)
    session.execute(own.values(direction_remark=None, organisation_id=None))
    bare = select(Application.id).where(Application.person_id == person_id, Application.status.not_in(DECIDED))
    session.execute(delete(Decision).where(Decision.application_id.in_(bare)))
    gone = session.scalars(
        delete(Application)
        .where(Application.person_id == person_id, Application.status.not_in(DECIDED))
        .returning(Application.id)
    ).all()
    return {"applications": len(gone), "files": files}


WORTH = (
    ApplicationStatus.WITHDRAWN,
    ApplicationStatus.DRAFT,
    ApplicationStatus.RETURNED,
    ApplicationStatus.SUBMITTED,
    ApplicationStatus.REJECTED,
    ApplicationStatus.APPROVED,
)
"""Of two applications of one person to one selection the later in this order is the one."""


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves every application; of two to one selection the further one, and the other is withdrawn."""
    own = select(Application).where(Application.person_id.in_((kept_id, gone_id))).order_by(Application.id)
    found: dict[int, dict[int, Application]] = {}
    for row in session.scalars(own.with_for_update()):
        found.setdefault(row.campaign_id, {})[row.person_id] = row
    swapped = [
        campaign_id
        for campaign_id, pair in found.items()
        if len(pair) == 2 and WORTH.index(pair[gone_id].status) > WORTH.index(pair[kept_id].status)
    ]
    if swapped:
        where = Application.campaign_id.in_(swapped)
        exchange(session, caller, Application.person_id, kept_id=kept_id, gone_id=gone_id, where=where)
    reassign(session, Application.person_id, kept_id=kept_id, gone_id=gone_id, alike=[Application.campaign_id])
    stop(session, caller, person_id=gone_id)


def _application(row: Application) -> dict[str, Any]:
    return {
        "campaign": row.campaign.title,
        "status": row.status.value,
        "direction": row.direction.name if row.direction else None,
        "category": row.category.name if row.category else None,
        "created_at": row.created_at,
        "submitted_at": row.submitted_at,
        "decided_at": row.decided_at,
        "answers": [
            {name: getattr(one, name) for name in ("number", "text", "choice", "remark", "asked_before")}
            for one in row.answers
        ],
        "documents": [
            {"file_name": one.file_name, "size": one.size, "uploaded_at": one.uploaded_at} for one in row.documents
        ],
        "decisions": [
            {"verdict": one.verdict.value, "comment": one.comment, "decided_at": one.decided_at}
            for one in row.decisions
            if one.undone_at is None
        ],
    }
