"""Begins and ends memberships of the active; the person's role follows them."""

from datetime import date

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from db.active.models import Membership, MembershipEnd, MembershipStatus
from db.caller import Caller, StaffCaller
from db.people import roles
from db.people.models import Person, Role
from db.transitions import moving


def admit(
    session: Session,
    caller: StaffCaller,
    *,
    person_id: int,
    order_number: str,
    campaign_id: int | None = None,
    direction_id: int | None = None,
    category_id: int | None = None,
    until: date | None = None,
    reason: str | None = None,
) -> bool:
    """Makes a person an active member, or gives one a further direction. Returns false for a membership that is there.

    The same again is the same selection's or, without one, of the same direction.
    """
    session.get_one(Person, person_id, with_for_update=True)  # two at once wait for each other here
    same = Membership.campaign_id == campaign_id if campaign_id else Membership.direction_id == direction_id
    beside = Membership.campaign_id.is_(None) if campaign_id is None else same
    if session.scalar(select(Membership.id).where(_active(person_id), same, beside)) is not None:
        return False
    session.add(
        Membership(
            person_id=person_id,
            campaign_id=campaign_id,
            direction_id=direction_id,
            category_id=category_id,
            order_number=order_number,
            since=caller.now,
            until=until,
        )
    )
    session.flush()
    roles.grant(
        session,
        caller,
        person_id=person_id,
        role=Role.ACTIVE_MEMBER,
        granted_by=caller.scope.staff_id,
        order_number=order_number,
        reason=reason,
    )
    return True


def withdraw(session: Session, caller: StaffCaller, *, person_id: int, campaign_id: int, reason: str | None) -> None:
    """Ends what a selection's decision gave, for the decision is taken back."""
    ids = session.scalars(
        select(Membership.id).where(_active(person_id), Membership.campaign_id == campaign_id).with_for_update()
    ).all()
    for membership_id in ids:
        end(
            session,
            caller,
            membership_id=membership_id,
            how=MembershipEnd.UNDONE,
            by=caller.scope.staff_id,
            reason=reason,
        )


def end(
    session: Session,
    caller: Caller,
    *,
    membership_id: int,
    how: MembershipEnd,
    by: int | None = None,
    reason: str | None = None,
) -> bool:
    """Ends a membership, and the role with the person's last one. Returns false for one that has ended before."""
    ended = moving(Membership, MembershipStatus.ENDED).where(Membership.id == membership_id)
    person_id = session.scalar(ended.values(ended_at=caller.now, ended_how=how).returning(Membership.person_id))
    if person_id is None:
        return False
    session.get_one(Person, person_id, with_for_update=True)
    if not session.scalar(select(exists().where(_active(person_id)))):
        roles.revoke(session, caller, person_id=person_id, role=Role.ACTIVE_MEMBER, revoked_by=by, reason=reason)
    return True


def set_term(session: Session, *, campaign_id: int, until: date | None) -> None:
    """Gives the members of a selection the last day that its order names now."""
    rows = select(Membership).where(Membership.campaign_id == campaign_id, Membership.status == MembershipStatus.ACTIVE)
    for row in session.scalars(rows.with_for_update().order_by(Membership.id)):
        row.until, row.noted_at = until, None


def _active(person_id: int) -> ColumnElement[bool]:
    return (Membership.person_id == person_id) & (Membership.status == MembershipStatus.ACTIVE)
