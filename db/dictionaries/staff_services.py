"""Changes the rules and the dictionaries by hand, as the panel does."""

import re
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.base import Base
from db.caller import StaffCaller
from db.dictionaries.models import Centre, Municipality, Organisation, Setting, Term, TermKind
from db.dictionaries.rules import Rules
from db.dictionaries.staff_queries import one
from db.errors import DomainError, NotFoundError


def change_rules(session: Session, caller: StaffCaller, *, values: dict[str, Any]) -> Rules:
    """Changes some of the rules and returns all of them. Raises DomainError where a value is impossible."""
    caller.scope.check_admin()
    row = session.get(Setting, "rules", with_for_update=True)
    current = row.value if row else Rules().as_dict()
    rules = Rules.parse({**current, **values})
    rules.check_new()
    if row is None:
        session.add(Setting(key="rules", value=rules.as_dict()))
    else:
        row.value = rules.as_dict()
    audit.record(session, caller, action="settings.rules", object_type="rules", object_id=None, **values)
    return rules


SHORT = 30  # what fits a button
CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def save_municipality(
    session: Session, caller: StaffCaller, *, municipality_id: int | None, code: str, name: str, aliases: Sequence[str]
) -> int:
    """Adds or renames a municipality and returns its id. Its code stays as it was made.

    Raises DomainError `dictionary_name`, `dictionary_code`, `dictionary_taken`, `letters_mixed`.
    """
    caller.scope.check_admin()
    row = one(session, Municipality, municipality_id) if municipality_id else Municipality(code=_code(code))
    row.name = _name(name)
    row.aliases = [alias for alias in (part.strip() for part in aliases) if alias]
    store(session, row)
    _record(session, caller, "municipalities.save", "municipality", row.id)
    return row.id


def save_centre(
    session: Session,
    caller: StaffCaller,
    *,
    centre_id: int | None,
    code: str,
    name: str,
    independent: bool,
    note: str,
    municipality_ids: Collection[int],
) -> int:
    """Adds or changes a centre and which municipalities it serves, and returns its id: who works there reaches them.

    What staff say of it is no example any more, so the mark of one goes.
    """
    caller.scope.check_admin()
    row = one(session, Centre, centre_id) if centre_id else Centre(code=_code(code))
    served = {town.id: town for town in session.scalars(select(Municipality))}
    if not served.keys() >= set(municipality_ids):
        raise NotFoundError
    row.name, row.independent, row.note = _name(name), independent, texts.name(note)
    row.training = False
    row.municipalities = [served[number] for number in sorted(municipality_ids)]
    store(session, row)
    _record(session, caller, "centres.save", "centre", row.id, municipalities=sorted(municipality_ids))
    return row.id


def save_organisation(
    session: Session,
    caller: StaffCaller,
    *,
    organisation_id: int | None,
    municipality_id: int,
    name: str,
    kind_id: int | None,
    low_results: bool,
    hard_conditions: bool,
    confirmed: bool,
) -> int:
    """Adds, renames, marks or confirms an organisation and returns its id.

    Raises DomainError `organisation_confirmed` where a confirmed one would be so no more: reports count by it.
    """
    caller.scope.check_region()
    one(session, Municipality, municipality_id)
    row = one(session, Organisation, organisation_id) if organisation_id else Organisation()
    if organisation_id is None:
        row.municipality_id = municipality_id  # people there belong to it: an organisation does not move
    if kind_id is not None and one(session, Term, kind_id).kind is not TermKind.ORGANISATION_KIND:
        raise NotFoundError
    if row.confirmed and not confirmed:
        raise DomainError("organisation_confirmed")
    row.nameless = row.nameless is True and _name(name) == row.name  # once named it is offered as all others
    row.name, row.confirmed, row.kind_id = _name(name), confirmed, kind_id
    row.low_results, row.hard_conditions = low_results, hard_conditions
    store(session, row)
    _record(session, caller, "organisations.save", "organisation", row.id)
    return row.id


def save_term(
    session: Session,
    caller: StaffCaller,
    *,
    term_id: int | None,
    kind: TermKind,
    code: str,
    name: str,
    short: str,
    position: int,
    active: bool,
) -> int:
    """Adds or changes one line of a short list and returns its id.

    Raises DomainError `dictionary_short` for a button too long.
    """
    caller.scope.check_admin()
    row = one(session, Term, term_id) if term_id else Term(kind=kind, code=_code(code))
    short = " ".join(short.split())
    if len(short) > SHORT:
        raise DomainError("dictionary_short", limit=SHORT)
    row.name, row.short, row.position, row.active = _name(name), short or None, position, active
    store(session, row)
    _record(session, caller, "terms.save", "term", row.id)
    return row.id


def _name(name: str) -> str:
    name = texts.name(name)
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


def _record(
    session: Session, caller: StaffCaller, action: str, object_type: str, object_id: int, **details: Any
) -> None:
    audit.record(session, caller, action=action, object_type=object_type, object_id=object_id, **details)
