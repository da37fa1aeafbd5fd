"""Gives roles and takes them back by hand, and has the person hear of it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.audit import services as audit
from db.caller import StaffCaller
from db.errors import DomainError
from db.notices import services
from db.people import queries, roles
from db.people.models import Person, Role, RoleGrant
from db.people.staff_queries import within
from db.people.staff_services import refuse_withdrawn

KIND = "people.role_given"


def give(
    session: Session, caller: StaffCaller, *, person_id: int, role: Role, order_number: str = "", reason: str = ""
) -> bool:
    """Gives a role and tells whoever uses the bot. Returns whether it is new.

    An active member is made by a decision on an application. The exception is an administrator's, with the number of an
    order and a reason. Raises NotFoundError and ForbiddenError by the scope, DomainError `person_withdrawn`,
    `membership_by_decision`, `membership_own`, `membership_order`.
    """
    person = _reached(session, caller, person_id)
    refuse_withdrawn(session, person_id)
    _check_membership(session, caller, person, role)
    if role is Role.ACTIVE_MEMBER and not (order_number and reason):
        raise DomainError("membership_order")
    given = roles.grant(
        session,
        caller,
        person_id=person_id,
        role=role,
        granted_by=caller.scope.staff_id,
        order_number=order_number or None,
        reason=reason or None,
    )
    _record(session, caller, person_id, role, "people.give_role", **({"order": order_number} if order_number else {}))
    if given and queries.addresses(session, person_id=person_id):
        key = _key(session, person_id, role)
        services.enqueue(session, caller, key=key, person_id=person_id, kind=KIND, params={"role": role.value})
    return given


def take(session: Session, caller: StaffCaller, *, person_id: int, role: Role, reason: str = "") -> bool:
    """Takes a role back, and the word about it if it was not said yet.

    Whom a selection made an active member, only an administrator excludes, with a reason. Raises as `give`, and
    DomainError `membership_reason`.
    """
    person = _reached(session, caller, person_id)
    _check_membership(session, caller, person, role)
    if role is Role.ACTIVE_MEMBER and not reason:
        raise DomainError("membership_reason")
    key = _key(session, person_id, role)
    taken = roles.revoke(
        session,
        caller,
        person_id=person_id,
        role=role,
        revoked_by=caller.scope.staff_id,
        reason=reason or None,
    )
    _record(session, caller, person_id, role, "people.take_role")
    if taken:
        services.cancel(session, key=key)
    return taken


def _reached(session: Session, caller: StaffCaller, person_id: int) -> Person:
    person = within(session, caller, person_id=person_id)
    caller.scope.check_write(person)
    return person


def _check_membership(session: Session, caller: StaffCaller, person: Person, role: Role) -> None:
    if role is not Role.ACTIVE_MEMBER:
        return
    if not caller.scope.is_admin:
        raise DomainError("membership_by_decision")
    if session.get_one(Staff, caller.scope.staff_id).person_id == person.id:
        raise DomainError("membership_own")


def _record(session: Session, caller: StaffCaller, person_id: int, role: Role, action: str, **details: Any) -> None:
    audit.record(
        session,
        caller,
        action=action,
        object_type="person",
        object_id=person_id,
        subject_person_id=person_id,
        role=role.value,
        **details,
    )


def _key(session: Session, person_id: int, role: Role) -> str:
    grant_id = session.scalar(
        select(RoleGrant.id).where(
            RoleGrant.person_id == person_id, RoleGrant.role == role, RoleGrant.revoked_at.is_(None)
        )
    )
    return f"{KIND}:{grant_id}"
