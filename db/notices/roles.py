"""Roles given and taken by hand, and what the person hears of it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.notices import services
from db.people import staff_services
from db.people.models import Person, Role, RoleGrant
from db.scope import Scope

KIND = "people.role_given"


def give(session: Session, *, scope: Scope, person_id: int, role: Role, now: datetime) -> bool:
    """Gives a role and tells whoever uses the bot. Raises NotFoundError and ForbiddenError by the scope. Returns
    whether it is new.
    """
    given = staff_services.give_role(session, scope=scope, person_id=person_id, role=role, now=now)
    grant_id = _live(session, person_id, role)
    if given and session.scalar(select(Person.external_id).where(Person.id == person_id)) is not None:
        services.enqueue(
            session, key=_key(grant_id), person_id=person_id, kind=KIND, params={"role": role.value}, now=now
        )
    return given


def take(session: Session, *, scope: Scope, person_id: int, role: Role, now: datetime) -> bool:
    """Takes a role back, and the word about it if it was not said yet. Raises NotFoundError and ForbiddenError."""
    grant_id = _live(session, person_id, role)
    taken = staff_services.take_role(session, scope=scope, person_id=person_id, role=role, now=now)
    if taken:
        services.cancel(session, key=_key(grant_id))
    return taken


def _live(session: Session, person_id: int, role: Role) -> int | None:
    return session.scalar(
        select(RoleGrant.id).where(
            RoleGrant.person_id == person_id, RoleGrant.role == role, RoleGrant.revoked_at.is_(None)
        )
    )


def _key(grant_id: int | None) -> str:
    return f"{KIND}:{grant_id}"
