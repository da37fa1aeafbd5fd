"""Gives roles and takes them back by hand, and has the person hear of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.audit import services as audit
from db.caller import StaffCaller
from db.errors import DomainError
from db.notices import services
from db.people import queries, roles
from db.people.models import Person, Role, RoleGrant
from db.people.staff_queries import within
from db.people.staff_services import refuse_withdrawn

KIND = "people.role_given"


def give(session: Session, caller: StaffCaller, *, person_id: int, role: Role) -> bool:
    """Gives a role and tells whoever uses the bot. Returns whether it is new.

    Raises NotFoundError and ForbiddenError by the scope, DomainError `person_withdrawn`, `membership_by_decision` for
    the active.
    """
    person = reached(session, caller, person_id)
    refuse_withdrawn(session, person_id)
    _check_by_hand(role)
    given = roles.grant(session, caller, person_id=person.id, role=role, granted_by=caller.scope.staff_id)
    _record(session, caller, person_id, role, "people.give_role")
    if given:
        tell(session, caller, person_id=person_id, role=role)
    return given


def tell(session: Session, caller: StaffCaller, *, person_id: int, role: Role) -> None:
    """Has whoever uses the bot hear of a role that was given."""
    if queries.addresses(session, person_id=person_id):
        key = role_key(session, person_id, role)
        services.enqueue(session, caller, key=key, person_id=person_id, kind=KIND, params={"role": role.value})


def take(session: Session, caller: StaffCaller, *, person_id: int, role: Role) -> bool:
    """Takes a role back, and the word about it if it was not said yet. Raises as `give`."""
    reached(session, caller, person_id)
    _check_by_hand(role)
    key = role_key(session, person_id, role)
    taken = roles.revoke(session, caller, person_id=person_id, role=role, revoked_by=caller.scope.staff_id)
    _record(session, caller, person_id, role, "people.take_role")
    if taken:
        services.cancel(session, key=key)
    return taken


def reached(session: Session, caller: StaffCaller, person_id: int) -> Person:
    """Returns a person whom this account may change something of. Raises NotFoundError, ForbiddenError."""
    person = within(session, caller, person_id=person_id)
    caller.scope.check_write(person)
    return person


def _check_by_hand(role: Role) -> None:
    if role is Role.ACTIVE_MEMBER:
        raise DomainError("membership_by_decision")


def _record(session: Session, caller: StaffCaller, person_id: int, role: Role, action: str) -> None:
    audit.record(
        session,
        caller,
        action=action,
        object_type="person",
        object_id=person_id,
        subject_person_id=person_id,
        role=role.value,
    )


def role_key(session: Session, person_id: int, role: Role) -> str:
    """The key of the word about the role that somebody holds now."""
    grant_id = session.scalar(
        select(RoleGrant.id).where(
            RoleGrant.person_id == person_id, RoleGrant.role == role, RoleGrant.revoked_at.is_(None)
        )
    )
    return f"{KIND}:{grant_id}"
