"""Roles of people in the bot: given, taken back, never twice at once."""

from sqlalchemy import ColumnElement, exists, update
from sqlalchemy.orm import Session

from db.caller import Caller
from db.people.models import Person, Role, RoleGrant
from db.upsert import insert


def holds(role: Role) -> ColumnElement[bool]:
    """A condition on Person: has this role now."""
    return exists().where(RoleGrant.person_id == Person.id, RoleGrant.role == role, RoleGrant.revoked_at.is_(None))


def grant(
    session: Session,
    caller: Caller,
    *,
    person_id: int,
    role: Role,
    granted_by: int | None = None,
    order_number: str | None = None,
    reason: str | None = None,
) -> bool:
    """Gives a role. Returns whether the person did not have it yet. An active member needs the number of an order."""
    statement = (
        insert(session, RoleGrant)
        .values(
            person_id=person_id,
            role=role,
            granted_at=caller.now,
            granted_by=granted_by,
            order_number=order_number,
            reason=reason,
        )
        .on_conflict_do_nothing(index_elements=["person_id", "role"], index_where=RoleGrant.revoked_at.is_(None))
        .returning(RoleGrant.id)
    )
    return session.scalar(statement) is not None


def revoke(
    session: Session,
    caller: Caller,
    *,
    person_id: int,
    role: Role,
    revoked_by: int | None = None,
    reason: str | None = None,
) -> bool:
    """Takes a role back; the grant's row stays. Returns whether there was one."""
    statement = (
        update(RoleGrant)
        .where(RoleGrant.person_id == person_id, RoleGrant.role == role, RoleGrant.revoked_at.is_(None))
        .values(revoked_at=caller.now, revoked_by=revoked_by, revoked_reason=reason)
        .returning(RoleGrant.id)
    )
    return session.scalar(statement) is not None
