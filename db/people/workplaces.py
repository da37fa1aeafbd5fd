"""Organisations that teachers typed themselves: the same as a known one, or new."""

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from db.dictionaries.models import Organisation
from db.errors import DomainError, NotFoundError
from db.people.models import Person
from db.people.scope import Scope


def merge(session: Session, *, scope: Scope, organisation_id: int, into_id: int) -> int:
    """Moves everybody from a typed organisation to the known one of the same municipality; returns how many.

    Raises NotFoundError, and DomainError `organisation_merge` where the two are not such a pair.
    """
    typed, known = session.get(Organisation, organisation_id), session.get(Organisation, into_id)
    if typed is None or known is None:
        raise NotFoundError
    scope.check_write(typed.municipality_id)
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
