"""What commissions hold about a person: reviews of the own applications, and who declared them as close."""

from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from db.applications.models import Application, Campaign
from db.caller import Caller
from db.commission.models import CommissionInterest, Review
from db.reassign import reassign

PLACE = 41


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns nothing: reviews are counted with the applications that they are of."""
    return {}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """In which selections a member of the commission said not to review the person. Who it was is the member's own."""
    rows = session.execute(
        select(Campaign.title, CommissionInterest.declared_at)
        .join(CommissionInterest, CommissionInterest.campaign_id == Campaign.id)
        .where(CommissionInterest.person_id == person_id)
        .order_by(CommissionInterest.id)
    )
    return {"commission_interests": [{"campaign": row.title, "declared_at": row.declared_at} for row in rows]}


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Ends nothing: what is withdrawn waits for no review."""
    return {}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, Any]:
    """Deletes reviews of the person's applications with their scores and words, and who declared the person."""
    mine = select(Application.id).where(Application.person_id == person_id)
    gone = session.scalars(delete(Review).where(Review.application_id.in_(mine)).returning(Review.id)).all()
    session.execute(delete(CommissionInterest).where(CommissionInterest.person_id == person_id))
    return {"reviews": len(gone)}


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves who declared the person; reviews stay with their applications."""
    alike = [CommissionInterest.campaign_id, CommissionInterest.staff_id]
    reassign(session, CommissionInterest.person_id, kept_id=kept_id, gone_id=gone_id, alike=alike)
