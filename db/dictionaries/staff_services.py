"""TODO docstring"""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db.base import Base
from db.dictionaries.models import Municipality, Organisation, Setting, Term, TermKind
from db.dictionaries.rules import Rules
from db.dictionaries.staff_queries import one
from db.errors import DomainError


def change_rules(session: Session, *, values: dict[str, Any]) -> Rules:
    """Changes some of the rules. Raises DomainError where a value is impossible."""
    row = session.get(Setting, "rules", with_for_update=True)
    current = row.value if row else Rules().as_dict()
    rules = Rules.parse({**current, **values})
    rules.check_new()
    if row is None:
        session.add(Setting(key="rules", value=rules.as_dict()))
    else:
        row.value = rules.as_dict()
    return rules


SHORT = 30  # what fits a button
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def save_municipality(
    session: Session, *, municipality_id: int | None, code: str, name: str, aliases: Sequence[str]
) -> int:
    """Adds or renames a municipality. Its code stays as it was made."""
    row = one(session, Municipality, municipality_id) if municipality_id else Municipality(code=_code(code))
    row.name = _name(name)
    row.aliases = [alias for alias in (part.strip() for part in aliases) if alias]
    store(session, row)
    return row.id


def save_organisation(
    session: Session, *, organisation_id: int | None, municipality_id: int, name: str, confirmed: bool
) -> int:
    """Adds, renames or confirms an organisation."""
    one(session, Municipality, municipality_id)
    row = one(session, Organisation, organisation_id) if organisation_id else Organisation()
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
    row = one(session, Term, term_id) if term_id else Term(kind=kind, code=_code(code))
    short = " ".join(short.split())
    if len(short) > SHORT:
        raise DomainError("dictionary_short", limit=SHORT)
    row.name, row.short, row.position, row.active = _name(name), short or None, position, active
    store(session, row)
    return row.id


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
