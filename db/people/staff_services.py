"""Changes people's roles and workplaces, as the panel does."""

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from db.dictionaries.models import Organisation
from db.errors import DomainError, ForbiddenError, NotFoundError
from db.people import roles, services
from db.people.models import Person, Role
from db.people.queries import withdrawn
from db.people.staff_queries import within
from db.scope import Scope


def refuse_withdrawn(session: Session, person_id: int) -> None:
    """Between withdrawal and erasure nothing new begins with a person. Raises DomainError `person_withdrawn`."""
    if withdrawn(session, person_ids=[person_id]):
        raise DomainError("person_withdrawn")


def give_role(session: Session, *, scope: Scope, person_id: int, role: Role, now: datetime) -> bool:
    """Gives a role by hand. Raises NotFoundError and ForbiddenError by the scope, DomainError
    `person_withdrawn`. Returns whether it is new.
    """
    scope.check_write(within(session, scope=scope, person_id=person_id))
    refuse_withdrawn(session, person_id)
    return roles.grant(session, person_id=person_id, role=role, granted_by=scope.staff_id, now=now)


def take_role(session: Session, *, scope: Scope, person_id: int, role: Role, now: datetime) -> bool:
    """Takes a role back. Raises NotFoundError and ForbiddenError by the scope."""
    scope.check_write(within(session, scope=scope, person_id=person_id))
    return roles.revoke(session, person_id=person_id, role=role, now=now)


def invite(session: Session, *, scope: Scope, role: Role, now: datetime) -> str:
    """The token of a new invitation `inv_<token>`. Raises ForbiddenError for a reader."""
    if not scope.can_write:
        raise ForbiddenError
    return services.invite(session, role=role, staff_id=scope.staff_id, now=now)


def merge_organisations(session: Session, *, scope: Scope, organisation_id: int, into_id: int) -> int:
    """Moves everybody from a typed organisation to the known one of the same municipality; returns how many.

    Raises NotFoundError, and DomainError `organisation_merge` where the two are not such a pair.
    """
    typed, known = session.get(Organisation, organisation_id), session.get(Organisation, into_id)
    if typed is None or known is None:
        raise NotFoundError
    scope.check_write(typed)
    if typed.confirmed or typed.id == known.id or typed.municipality_id != known.municipality_id:
        raise DomainError("organisation_merge")
    moved = session.scalars(
        update(Person)
        .where(Person.organisation_id == organisation_id)
        .values(organisation_id=into_id)
        .returning(Person.id)
    ).all()
    session.execute(delete(Organisation).where(Organisation.id == organisation_id))
    return len(moved)
