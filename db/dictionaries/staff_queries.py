"""Reads reference data for the panel's pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, selectinload

from db.caller import StaffCaller
from db.dictionaries.models import Centre, Municipality, Organisation, Term, TermKind
from db.errors import NotFoundError
from db.search import matches, natural

T = TypeVar("T", Centre, Municipality, Organisation, Term)


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """A line of the list of organisations."""

    id: int
    name: str
    municipality: str
    kind: str | None
    confirmed: bool
    nameless: bool
    low_results: bool
    hard_conditions: bool


@dataclass(frozen=True, slots=True)
class OrganisationFilter:
    """What narrows the list of organisations."""

    text: str = ""
    municipality_id: int | None = None
    kind_id: int | None = None
    unconfirmed: bool = False
    low_results: bool = False
    hard_conditions: bool = False


def organisations(
    session: Session, caller: StaffCaller, *, narrowed: OrganisationFilter, limit: int, offset: int
) -> list[OrganisationRow]:
    """Lists a page of the organisations within reach, the unconfirmed first, numbers as numbers: № 9 before № 13."""
    found = session.execute(
        select(
            Organisation.id,
            Organisation.name,
            Municipality.name,
            Term.name,
            Organisation.confirmed,
            Organisation.nameless,
            Organisation.low_results,
            Organisation.hard_conditions,
        )
        .join(Municipality, Municipality.id == Organisation.municipality_id)
        .outerjoin(Term, Term.id == Organisation.kind_id)
        .where(*_wanted(caller, narrowed))
    )
    # A region has some thousands; no database orders names as people do.
    rows = [OrganisationRow(*row) for row in found]
    rows.sort(key=lambda row: (row.confirmed, row.municipality, natural(row.name), row.id))
    return rows[offset : offset + limit]


def organisation_count(session: Session, caller: StaffCaller, *, narrowed: OrganisationFilter) -> int:
    """Counts the organisations within reach."""
    wanted = _wanted(caller, narrowed)
    return session.scalar(select(func.count()).select_from(Organisation).where(*wanted)) or 0


def _wanted(caller: StaffCaller, narrowed: OrganisationFilter) -> list[ColumnElement[bool]]:
    conditions = [caller.scope.limits(Organisation), matches(narrowed.text, Organisation.name)]
    if not caller.scope.sees_names:
        conditions.append(Organisation.confirmed.is_(True))  # people type all sorts of things, names too
    for column, wanted in (
        (Organisation.municipality_id, narrowed.municipality_id),
        (Organisation.kind_id, narrowed.kind_id),
    ):
        if wanted is not None:
            conditions.append(column == wanted)
    for mark, asked in (
        (Organisation.confirmed.is_(False), narrowed.unconfirmed),
        (Organisation.low_results.is_(True), narrowed.low_results),
        (Organisation.hard_conditions.is_(True), narrowed.hard_conditions),
    ):
        if asked:
            conditions.append(mark)
    return conditions


def kinds_of_organisations(session: Session, caller: StaffCaller) -> list[tuple[str, int]]:
    """Counts the confirmed organisations within reach by the name of their kind, in the order of the list of kinds."""
    rows = session.execute(
        select(Term.name, func.count(Organisation.id))
        .join(Organisation, Organisation.kind_id == Term.id)
        .where(caller.scope.limits(Organisation), Organisation.confirmed)
        .group_by(Term.id, Term.name, Term.position)
        .order_by(Term.position, Term.id)
    )
    return [(name, count) for name, count in rows]


def centres(session: Session) -> Sequence[Centre]:
    """Lists the centres with what they serve, those of several municipalities first."""
    served = selectinload(Centre.municipalities)
    return session.scalars(select(Centre).options(served).order_by(Centre.independent, Centre.id)).all()


def centre(session: Session, *, centre_id: int) -> Centre:
    """Returns one centre with what it serves. Raises NotFoundError."""
    row = one(session, Centre, centre_id)
    row.municipalities  # noqa: B018  loaded here, read outside
    return row


def all_terms(session: Session, *, kind: TermKind) -> Sequence[Term]:
    """Lists every line of a short list, the switched-off ones too."""
    return session.scalars(select(Term).where(Term.kind == kind).order_by(Term.position, Term.id)).all()


def kinds_in_use(session: Session) -> set[TermKind]:
    """Returns which short lists have a line."""
    return set(session.scalars(select(Term.kind).distinct()))


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
    """Returns the row of this number. Raises NotFoundError."""
    row = session.get(model, number)
    if row is None:
        raise NotFoundError
    return row
