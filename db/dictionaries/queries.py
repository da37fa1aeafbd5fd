"""Reading reference data."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.dictionaries.models import Municipality, Organisation, Setting, Term, TermKind
from db.dictionaries.rules import Rules


def rules(session: Session) -> Rules:
    """The region's rules as they stand now."""
    row = session.get(Setting, "rules")
    return Rules.parse(row.value) if row else Rules()


def municipalities(session: Session) -> Sequence[Municipality]:
    """All municipalities by name."""
    return session.scalars(select(Municipality).order_by(Municipality.name)).all()


def terms(session: Session, *, kind: TermKind) -> Sequence[Term]:
    """The active lines of one short list, in their order."""
    return session.scalars(select(Term).where(Term.kind == kind, Term.active).order_by(Term.position, Term.id)).all()


def organisations(session: Session, *, municipality_id: int) -> Sequence[Organisation]:
    """Organisations of one municipality by name."""
    return session.scalars(
        select(Organisation).where(Organisation.municipality_id == municipality_id).order_by(Organisation.name)
    ).all()
