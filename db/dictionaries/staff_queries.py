"""Reads reference data for the panel's pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from db.caller import StaffCaller
from db.dictionaries.models import Municipality, Organisation, Term, TermKind
from db.errors import NotFoundError
from db.search import matches, natural

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
) -> list[OrganisationRow]:
    """Lists a page of the organisations within reach, the unconfirmed first, numbers as numbers: № 9 before № 13."""
    found = session.execute(
        select(
            Organisation.id, Organisation.name, Organisation.municipality_id, Municipality.name, Organisation.confirmed
        )
        .join(Municipality, Municipality.id == Organisation.municipality_id)
        .where(*_wanted(caller, text, municipality_id, unconfirmed))
    )
    # A region has some thousands; no database orders names as people do.
    rows = [OrganisationRow(*row) for row in found]
    rows.sort(key=lambda row: (row.confirmed, row.municipality, natural(row.name), row.id))
    return rows[offset : offset + limit]


def organisation_count(
    session: Session, caller: StaffCaller, *, text: str, municipality_id: int | None, unconfirmed: bool
) -> int:
    """Counts the organisations within reach."""
    wanted = _wanted(caller, text, municipality_id, unconfirmed)
    return session.scalar(select(func.count()).select_from(Organisation).where(*wanted)) or 0


def _wanted(
    caller: StaffCaller, text: str, municipality_id: int | None, unconfirmed: bool
) -> list[ColumnElement[bool]]:
    conditions = [caller.scope.limits(Organisation), matches(text, Organisation.name)]
    if municipality_id is not None:
        conditions.append(Organisation.municipality_id == municipality_id)
    if unconfirmed:
        conditions.append(~Organisation.confirmed)
    return conditions


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
