"""Declares whom somebody is close to, and takes it back."""

from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db import texts
from db.caller import Caller, PersonCaller
from db.errors import DomainError, NotFoundError
from db.people.models import Person
from db.people.staff_services import refuse_withdrawn
from db.ties.models import Tie, TieKind
from db.ties.rules import MOST, key, paper_key
from db.upsert import insert


def declare(session: Session, caller: PersonCaller, *, name: str, kind: TieKind) -> None:
    """Declares somebody close by the full name; the same name again says only what stands between the two.

    Whether there is such a person is not looked at, so that nobody learns it here. Raises DomainError `tie_name`,
    `tie_many`, `letters_mixed`, `person_withdrawn`.
    """
    put(session, caller, person_id=caller.person_id, name=name, kind=kind)


def put(
    session: Session, caller: Caller, *, person_id: int, name: str, kind: TieKind, paper_on: date | None = None
) -> None:
    """Keeps the name that somebody declared, in the bot or on paper: two words, of which neither touches the other.

    Raises as `declare` does; there may be MOST of each.
    """
    refuse_withdrawn(session, person_id)
    session.scalar(select(Person.id).where(Person.id == person_id).with_for_update())
    tidy = texts.name(name)
    found = key(tidy) if paper_on is None else paper_key(tidy)
    alike = Tie.paper_on.is_(None) if paper_on is None else Tie.paper_on.is_not(None)
    known = select(func.count()).where(Tie.person_id == person_id, Tie.key != found, alike)
    if (session.scalar(known) or 0) >= MOST:
        raise DomainError("tie_many", most=MOST)
    told = {"kind": kind, "paper_on": paper_on}
    values = {"person_id": person_id, "name": tidy, "key": found, "declared_at": caller.now}
    statement = insert(session, Tie).values(**values, **told)
    session.execute(statement.on_conflict_do_update(index_elements=["person_id", "key"], set_=told))


def keep(session: Session, caller: Caller, *, person_id: int, other_id: int) -> None:
    """Keeps that two people who were brought together are relatives, by the word of the first; once more is once."""
    values = {"person_id": person_id, "other_id": other_id, "kind": TieKind.RELATIVE, "declared_at": caller.now}
    session.execute(insert(session, Tie).values(**values).on_conflict_do_nothing())


def keep_place(session: Session, caller: PersonCaller, *, organisation_id: int) -> None:
    """Keeps that a relative of the asker works in an organisation; once more is once."""
    place = {"person_id": caller.person_id, "organisation_id": organisation_id}
    values = {**place, "kind": TieKind.RELATIVE, "declared_at": caller.now}
    session.execute(insert(session, Tie).values(**values).on_conflict_do_nothing())


def withdraw(session: Session, caller: PersonCaller, *, tie_id: int) -> None:
    """Takes back what the person declared; twice is once. Raises NotFoundError for another's."""
    row = session.get(Tie, tie_id)
    if row is None:
        return
    if row.person_id != caller.person_id:
        raise NotFoundError
    session.execute(delete(Tie).where(Tie.id == tie_id))
