"""Ends memberships whose term is over, and has staff hear in time of those that are about to end."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from db.active import services
from db.active.models import Membership, MembershipEnd
from db.active.notices import tell_over
from db.active.queries import ACTIVE
from db.active.rules import NEAR
from db.audit import services as audit
from db.caller import Caller
from db.dictionaries.rules import Rules

AT_ONCE = 200
"""Memberships in one minute: a whole selection ends on one day, and others write meanwhile."""


def sweep(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Notes each term that comes near once, and ends each that is over; the member hears of the end.

    Staff see both on the first page until the affairs are handed over.
    """
    today = caller.now.astimezone(caller.zone).date()
    near = (Membership.until <= today + NEAR, Membership.until >= today, Membership.noted_at.is_(None))
    for row in _locked(session, *near):
        row.noted_at = caller.now
        _record(session, caller, row, "active.term_near")
    for row in _locked(session, Membership.until < today):
        services.end(session, caller, membership_id=row.id, how=MembershipEnd.TERM)
        _record(session, caller, row, "active.term_over")
        tell_over(session, caller, row, rules=rules)


def _locked(session: Session, *which: ColumnElement[bool]) -> list[Membership]:
    rows = select(Membership).where(ACTIVE, *which).order_by(Membership.id).limit(AT_ONCE)
    return list(session.scalars(rows.with_for_update(skip_locked=True)))


def _record(session: Session, caller: Caller, row: Membership, action: str) -> None:
    audit.record(
        session,
        caller,
        action=action,
        object_type="membership",
        object_id=row.id,
        subject_person_id=row.person_id,
    )


EVERY_MINUTE = (sweep,)
EVERY_HOUR = ()
