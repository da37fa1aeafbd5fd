"""Reads reference data for the panel's pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.dictionaries.models import Municipality, Organisation, Term, TermKind
from db.errors import NotFoundError
from db.search import matches

T = TypeVar("T", Municipality, Organisation, Term)


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """A line of the list of organisations."""

    id: int
    name: str
    municipality_id: int
    municipality: str
    confirmed: bool


def organisations(
    session: Session,
    caller: StaffCaller,
    *,
    text: str,
    municipality_id: int | None,
    unconfirmed: bool,
    limit: int,
    offset: int,
) -> tuple[list[OrganisationRow], int]:
    """Returns a page of the organisations within reach, and how many there are."""
    conditions = [caller.scope.limits(Organisation), matches(text, Organisation.name)]
    if municipality_id is not None:
        conditions.append(Organisation.municipality_id == municipality_id)
    if unconfirmed:
        conditions.append(~Organisation.confirmed)
    total = session.scalar(select(func.count()).select_from(Organisation).where(*conditions)) or 0
    found = session.execute(
        select(Organisation, Municipality.name)
        .join(Municipality, Municipality.id == Organisation.municipality_id)
        .where(*conditions)
        .order_by(Organisation.confirmed, Municipality.name, Organisation.name)
        .limit(limit)
        .offset(offset)
    )
    rows = [OrganisationRow(row.id, row.name, row.municipality_id, name, row.confirmed) for row, name in found]
    return rows, total


def all_terms(session: Session, *, kind: TermKind) -> Sequence[Term]:
    """Lists every line of a short list, the switched-off ones too."""
    return session.scalars(select(Term).where(Term.kind == kind).order_by(Term.position, Term.id)).all()


def municipality(session: Session, *, municipality_id: int) -> Municipality:
    """Returns one municipality. Raises NotFoundError."""
    return one(session, Municipality, municipality_id)


def organisation(session: Session, caller: StaffCaller, *, organisation_id: int) -> Organisation:
    """Returns one organisation. Raises NotFoundError, for one out of reach too."""
    row = one(session, Organisation, organisation_id)
    caller.scope.check(row)
    return row


def term(session: Session, *, term_id: int) -> Term:
    """Returns one term. Raises NotFoundError."""
    return one(session, Term, term_id)


def one(session: Session, model: type[T], number: int) -> T:
    row = session.get(model, number)
    if row is None:
        raise NotFoundError
    return row
