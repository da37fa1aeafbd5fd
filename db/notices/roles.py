"""Gives roles and takes them back by hand, and has the person hear of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.audit import services as audit
from db.caller import StaffCaller
from db.notices import services
from db.people import queries, roles
from db.people.models import Role, RoleGrant
from db.people.staff_queries import within
from db.people.staff_services import refuse_withdrawn

KIND = "people.role_given"


def give(session: Session, caller: StaffCaller, *, person_id: int, role: Role) -> bool:
    """Gives a role and tells whoever uses the bot. Returns whether it is new.

    Raises NotFoundError and ForbiddenError by the scope, DomainError `person_withdrawn`.
    """
    _check_reach(session, caller, person_id)
    refuse_withdrawn(session, person_id)
    given = roles.grant(session, person_id=person_id, role=role, granted_by=caller.scope.staff_id, now=caller.now)
    _record(session, caller, person_id, role, "people.give_role")
    if given and queries.messenger_account(session, person_id=person_id):
        key = _key(session, person_id, role)
        services.enqueue(session, key=key, person_id=person_id, kind=KIND, params={"role": role.value}, now=caller.now)
    return given


def take(session: Session, caller: StaffCaller, *, person_id: int, role: Role) -> bool:
    """Takes a role back, and the word about it if it was not said yet. Raises NotFoundError and ForbiddenError."""
    _check_reach(session, caller, person_id)
    key = _key(session, person_id, role)
    taken = roles.revoke(session, person_id=person_id, role=role, now=caller.now)
    _record(session, caller, person_id, role, "people.take_role")
    if taken:
        services.cancel(session, key=key)
    return taken


def _check_reach(session: Session, caller: StaffCaller, person_id: int) -> None:
    caller.scope.check_write(within(session, caller, person_id=person_id))


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


def _key(session: Session, person_id: int, role: Role) -> str:
    grant_id = session.scalar(
        select(RoleGrant.id).where(
            RoleGrant.person_id == person_id, RoleGrant.role == role, RoleGrant.revoked_at.is_(None)
        )
    )
    return f"{KIND}:{grant_id}"
