"""Reading reference data."""

from collections.abc import Collection, Sequence

from sqlalchemy import Column, ColumnElement, Select, Table, and_, exists, select
from sqlalchemy.orm import Session

from db.base import Base
from db.caller import StaffCaller
from db.dictionaries.models import Municipality, Organisation, Setting, Term, TermKind
from db.dictionaries.rules import Rules
from db.search import natural

BOT_LINK = "bot_link:"
"""Keys of the settings that say how a link to the bot looks, each followed by the platform."""


MARKS = {"low_results": Organisation.low_results, "hard_conditions": Organisation.hard_conditions}
"""Marks of an organisation that lists and reports are narrowed by."""


def rules(session: Session) -> Rules:
    """Returns the region's rules as they stand now."""
    values = session.scalar(_RULES)
    return Rules.parse(values) if values else Rules()


_RULES = select(Setting.value).where(Setting.key == "rules")


def naming() -> list[tuple[Table, Column[int]]]:
    """Returns every column that names an organisation, with its table."""
    tables = Base.metadata.sorted_tables
    return [
        (table, key.parent)
        for table in tables
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
        if key.column.table is Organisation.__table__
    ]


def unnamed() -> ColumnElement[bool]:
    """Returns the condition on Organisation that nothing names it."""
    return and_(*[~exists().where(column == Organisation.id) for _, column in naming()])


def municipalities(session: Session) -> Sequence[Municipality]:
    """Lists all municipalities by name."""
    return session.scalars(select(Municipality).order_by(Municipality.name)).all()


def terms(session: Session, *, kind: TermKind) -> Sequence[Term]:
    """Lists the active lines of one short list, in their order."""
    return session.scalars(select(Term).where(Term.kind == kind, Term.active).order_by(Term.position, Term.id)).all()


def organisations(session: Session, *, municipality_id: int) -> Sequence[Organisation]:
    """Lists the organisations of one municipality by name, numbers as numbers: № 9 before № 13."""
    rows = session.scalars(select(Organisation).where(Organisation.municipality_id == municipality_id))
    return sorted(rows, key=lambda row: natural(row.name))


def organisation_name(session: Session, *, organisation_id: int) -> str:
    """Returns what an organisation is called; nothing where there is none."""
    return session.scalar(select(Organisation.name).where(Organisation.id == organisation_id)) or ""


def bot_link(session: Session, *, payload: str) -> str | None:
    """Returns the address that opens the bot with a payload, as the bot itself has told.

    Nothing before its first start. Where there are bots for several messengers, the first by the messenger's name.
    """
    query = select(Setting).where(Setting.key.startswith(BOT_LINK, autoescape=True)).order_by(Setting.key).limit(1)
    row = session.scalars(query).first()
    return str(row.value["pattern"]).replace("{payload}", payload) if row is not None else None


def used_marks(session: Session, caller: StaffCaller) -> list[str]:
    """Lists those of MARKS that an organisation within reach bears."""
    within = select(Organisation.id).where(caller.scope.limits(Organisation), Organisation.confirmed).limit(1)
    return [name for name, mark in MARKS.items() if session.scalar(within.where(mark)) is not None]


def marked(marks: Collection[str]) -> Select[int]:
    """Returns the organisations that bear all these MARKS."""
    return select(Organisation.id).where(*(MARKS[mark] for mark in marks))
