"""A person's memberships of the active: as a file, and their end."""

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from db.active import services
from db.active.models import Membership, MembershipEnd, MembershipStatus
from db.active.queries import ACTIVE
from db.caller import Caller
from db.reassign import reassign

PLACE = 45


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many memberships, those that have ended too."""
    return {"memberships": select(func.count()).where(Membership.person_id == person_id)}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Every membership with its direction, order and term."""
    rows = session.scalars(
        select(Membership)
        .where(Membership.person_id == person_id)
        .options(joinedload(Membership.direction), joinedload(Membership.category))
        .order_by(Membership.id)
    )
    return {
        "memberships": [
            {
                "direction": row.direction.name if row.direction else None,
                "category": row.category.name if row.category else None,
                "order_number": row.order_number,
                "since": row.since,
                "until": row.until,
                "status": row.status.value,
                "ended_at": row.ended_at,
                "ended_how": row.ended_how.value if row.ended_how else None,
            }
            for row in rows
        ]
    }


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Ends what goes on: nobody works in the active without consent."""
    own = select(Membership.id).where(Membership.person_id == person_id, ACTIVE).order_by(Membership.id)
    ids = session.scalars(own).all()
    ended = [services.end(session, caller, membership_id=one, how=MembershipEnd.LEFT) for one in ids]
    return {"memberships": sum(ended)}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Ends what goes on. The row stays, without a name: how many worked in which direction remains true."""
    return stop(session, caller, person_id=person_id)


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Moves every membership; of two to one selection the kept person's own goes on."""
    kept = {row.campaign_id for row in _going_on(session, kept_id)}
    for row in _going_on(session, gone_id):
        if row.campaign_id in kept:
            services.end(session, caller, membership_id=row.id, how=MembershipEnd.MERGED)
    reassign(session, Membership.person_id, kept_id=kept_id, gone_id=gone_id)


def _going_on(session: Session, person_id: int) -> list[Membership]:
    own = select(Membership).where(Membership.person_id == person_id, Membership.status == MembershipStatus.ACTIVE)
    return list(session.scalars(own.order_by(Membership.id).with_for_update()))
