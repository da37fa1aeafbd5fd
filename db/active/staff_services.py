"""Admits by exception, excludes, keeps terms and coordinators of active members, invites municipalities."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.accounts.staff_queries import refuse_own
from db.active import rules, services
from db.active.models import Membership, MembershipEnd, MembershipStatus, SpotInvitation
from db.audit import services as audit
from db.caller import StaffCaller
from db.dictionaries.models import Municipality, Term, TermKind
from db.errors import ConflictError, DomainError, NotFoundError
from db.notices import roles
from db.notices import services as notices
from db.people.models import Role
from db.people.staff_services import refuse_withdrawn
from db.upsert import insert


@dataclass(frozen=True, slots=True, kw_only=True)
class Exceptional:
    """Who becomes an active member without a selection, by which order and why, for what and until when."""

    order_number: str
    reason: str
    direction_id: int | None
    category_id: int | None
    until: date | None


def appoint(session: Session, caller: StaffCaller, *, person_id: int, draft: Exceptional) -> bool:
    """Makes an active member past a selection, by an administrator; returns false for the same direction again.

    Raises NotFoundError, ForbiddenError, DomainError `person_withdrawn`, `membership_own`, `membership_order`,
    `membership_direction`, `membership_term`.
    """
    caller.scope.check_admin()
    person = roles.reached(session, caller, person_id)
    refuse_withdrawn(session, person_id)
    refuse_own(session, caller, person.id, code="membership_own")
    if not (draft.order_number and draft.reason):
        raise DomainError("membership_order")
    _check_term(session, draft.direction_id, TermKind.DIRECTION)
    if draft.category_id is not None:
        _check_term(session, draft.category_id, TermKind.SUPPORT_CATEGORY)
    _check_until(caller, draft.until)
    new = services.admit(
        session,
        caller,
        person_id=person_id,
        order_number=draft.order_number,
        direction_id=draft.direction_id,
        category_id=draft.category_id,
        until=draft.until,
        reason=draft.reason,
    )
    if new:
        roles.tell(session, caller, person_id=person_id, role=Role.ACTIVE_MEMBER)
    audit.record(
        session,
        caller,
        action="active.appoint",
        object_type="person",
        object_id=person_id,
        subject_person_id=person_id,
        municipality_id=person.municipality_id,
        order=draft.order_number,
    )
    return new


def exclude(session: Session, caller: StaffCaller, *, membership_id: int, reason: str, left: bool = False) -> int:
    """Ends a membership by an administrator, with a reason; returns whose it was.

    `left`: on the member's own wish. The word about the role is taken back where it was not said yet. Raises
    NotFoundError, ForbiddenError, DomainError `membership_own`, `membership_reason`, ConflictError `membership_over`.
    """
    caller.scope.check_admin()
    row = _within(session, caller, membership_id)
    refuse_own(session, caller, row.person.id, code="membership_own")
    if not reason:
        raise DomainError("membership_reason")
    key = roles.role_key(session, row.person_id, Role.ACTIVE_MEMBER)
    services.end(
        session,
        caller,
        membership_id=membership_id,
        how=MembershipEnd.LEFT if left else MembershipEnd.EXCLUDED,
        by=caller.scope.staff_id,
        reason=reason[: rules.REASON_LENGTH],
    )
    notices.cancel(session, key=key)
    _record(session, caller, row, "active.exclude", left=left)
    return row.person_id


def keep(
    session: Session, caller: StaffCaller, *, membership_id: int, until: date | None, coordinator_id: int | None
) -> int:
    """Sets the last day of a member's term and who coordinates them; returns whose membership it is.

    The region's to decide, as the order is. Raises NotFoundError, ForbiddenError, DomainError `membership_own`,
    `membership_term`, `membership_coordinator`, ConflictError `membership_over`.
    """
    caller.scope.check_region()
    row = _within(session, caller, membership_id)
    refuse_own(session, caller, row.person_id, code="membership_own")
    if until != row.until:
        _check_until(caller, until)
        row.until, row.noted_at = until, None
    if coordinator_id is not None:
        staff = session.get(Staff, coordinator_id)
        if staff is None or not staff.active:
            raise DomainError("membership_coordinator", field="coordinator")
    row.coordinator_id = coordinator_id
    _record(session, caller, row, "active.keep", until=until.isoformat() if until else None, coordinator=coordinator_id)
    return row.person_id


def invite_spot(session: Session, caller: StaffCaller, *, campaign_id: int, municipality_id: int) -> bool:
    """Notes that a municipality was invited to a selection. Returns false where that stands already.

    Raises NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    if session.get(Municipality, municipality_id) is None:
        raise NotFoundError
    statement = (
        insert(session, SpotInvitation)
        .values(
            campaign_id=campaign_id,
            municipality_id=municipality_id,
            invited_at=caller.now,
            invited_by=caller.scope.staff_id,
        )
        .on_conflict_do_nothing(
            index_elements=["campaign_id", "municipality_id"], index_where=SpotInvitation.undone_at.is_(None)
        )
        .returning(SpotInvitation.id)
    )
    new = session.scalar(statement) is not None
    _record_spot(session, caller, "active.invite", campaign_id, municipality_id)
    return new


def undo_invitation(session: Session, caller: StaffCaller, *, campaign_id: int, municipality_id: int) -> bool:
    """Takes the note of an invitation back. Returns false where none stands. Raises ForbiddenError."""
    caller.scope.check_region()
    standing = update(SpotInvitation).where(
        SpotInvitation.campaign_id == campaign_id,
        SpotInvitation.municipality_id == municipality_id,
        SpotInvitation.undone_at.is_(None),
    )
    gone = session.scalar(standing.values(undone_at=caller.now).returning(SpotInvitation.id)) is not None
    _record_spot(session, caller, "active.invite_undone", campaign_id, municipality_id)
    return gone


def _within(session: Session, caller: StaffCaller, membership_id: int) -> Membership:
    row = session.scalar(select(Membership).where(Membership.id == membership_id).with_for_update())
    if row is None or row.person.erased_at is not None:
        raise NotFoundError
    caller.scope.check_write(row.person)
    if row.status is not MembershipStatus.ACTIVE:
        raise ConflictError("membership_over")
    return row


def _check_term(session: Session, term_id: int | None, kind: TermKind) -> None:
    term = session.get(Term, term_id) if term_id is not None else None
    if term is None or term.kind is not kind:
        raise DomainError("membership_direction")


def _check_until(caller: StaffCaller, until: date | None) -> None:
    if until is not None and until <= caller.now.astimezone(caller.zone).date():
        raise DomainError("membership_term", field="until")


def _record(session: Session, caller: StaffCaller, row: Membership, action: str, **details: Any) -> None:
    audit.record(
        session,
        caller,
        action=action,
        object_type="membership",
        object_id=row.id,
        subject_person_id=row.person_id,
        municipality_id=row.person.municipality_id,
        **details,
    )


def _record_spot(session: Session, caller: StaffCaller, action: str, campaign_id: int, municipality_id: int) -> None:
    audit.record(
        session,
        caller,
        action=action,
        object_type="municipality",
        object_id=municipality_id,
        municipality_id=municipality_id,
        campaign=campaign_id,
    )
