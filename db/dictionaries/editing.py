"""Changing reference data by hand, as the panel does. What is in use is switched off, never deleted."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.base import Base
from db.dictionaries.models import Municipality, Organisation, Term, TermKind
from db.errors import DomainError, NotFoundError

T = TypeVar("T", Municipality, Organisation, Term)
SHORT = 30  # what fits a button
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """A line of the list of organisations."""

    id: int
    name: str
    municipality_id: int
    municipality: str
    confirmed: bool


def save_municipality(
    session: Session, *, municipality_id: int | None, code: str, name: str, aliases: Sequence[str]
) -> int:
    """Adds or renames a municipality. Its code stays as it was made."""
    row = _one(session, Municipality, municipality_id) if municipality_id else Municipality(code=_code(code))
    row.name = _name(name)
    row.aliases = [alias for alias in (part.strip() for part in aliases) if alias]
    store(session, row)
    return row.id


def save_organisation(
    session: Session, *, organisation_id: int | None, municipality_id: int, name: str, confirmed: bool
) -> int:
    """Adds, renames or confirms an organisation."""
    _one(session, Municipality, municipality_id)
    row = _one(session, Organisation, organisation_id) if organisation_id else Organisation()
    if organisation_id is None:
        row.municipality_id = municipality_id  # people there belong to it: an organisation does not move
    row.name, row.confirmed = _name(name), confirmed
    store(session, row)
    return row.id


def save_term(
    session: Session,
    *,
    term_id: int | None,
    kind: TermKind,
    code: str,
    name: str,
    short: str,
    position: int,
    active: bool,
) -> int:
    """Adds or changes one line of a short list. Raises DomainError `dictionary_short` for a button too long."""
    row = _one(session, Term, term_id) if term_id else Term(kind=kind, code=_code(code))
    short = " ".join(short.split())
    if len(short) > SHORT:
        raise DomainError("dictionary_short", limit=SHORT)
    row.name, row.short, row.position, row.active = _name(name), short or None, position, active
    store(session, row)
    return row.id


def organisations(
    session: Session,
    *,
    within: ColumnElement[bool],
    text: str,
    municipality_id: int | None,
    unconfirmed: bool,
    limit: int,
    offset: int,
) -> tuple[list[OrganisationRow], int]:
    """A page of organisations and how many there are; `within` is the scope's condition on the municipality."""
    conditions = [within]
    conditions += [func.lower(Organisation.name).contains(word.lower(), autoescape=True) for word in text.split()[:4]]
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
    """Every line of a short list, the switched-off ones too."""
    return session.scalars(select(Term).where(Term.kind == kind).order_by(Term.position, Term.id)).all()


def municipality(session: Session, *, municipality_id: int) -> Municipality:
    """One municipality. Raises NotFoundError."""
    return _one(session, Municipality, municipality_id)


def organisation(session: Session, *, organisation_id: int) -> Organisation:
    """One organisation. Raises NotFoundError."""
    return _one(session, Organisation, organisation_id)


def term(session: Session, *, term_id: int) -> Term:
    """One term. Raises NotFoundError."""
    return _one(session, Term, term_id)


def _one(session: Session, model: type[T], number: int) -> T:
    row = session.get(model, number)
    if row is None:
        raise NotFoundError
    return row


def _name(name: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not 2 <= len(name) <= 300:
        raise DomainError("dictionary_name")
    return name


def _code(code: str) -> str:
    code = code.strip().lower()
    if not CODE.fullmatch(code):
        raise DomainError("dictionary_code")
    return code


def store(session: Session, row: Base) -> None:
    """Adds the row or its changes. Raises DomainError `dictionary_taken` where its code or name is another's."""
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise DomainError("dictionary_taken") from None
