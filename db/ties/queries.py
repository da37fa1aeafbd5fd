"""Reads a person's own ties, and tells others' rules whom they are not to bring together."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from db.caller import PersonCaller
from db.people.models import Person
from db.search import whole_words
from db.ties.models import Tie
from db.ties.rules import keys, named


def own(session: Session, caller: PersonCaller) -> Sequence[Tie]:
    """Lists whom the person declared close, the first first: nobody else sees it but what came on paper."""
    mine = select(Tie).where(Tie.person_id == caller.person_id).order_by(Tie.id)
    return session.scalars(mine.options(joinedload(Tie.other), joinedload(Tie.organisation))).all()


def close_to(session: Session, *, person_id: int) -> ColumnElement[bool]:
    """Returns the condition on Person: one of the two declared the other close, by a row or by the full name."""
    full_name = session.scalar(select(Person.full_name).where(Person.id == person_id))
    declared = session.scalars(select(Tie.key).where(Tie.person_id == person_id, Tie.key.is_not(None))).all()
    by_name = [whole_words(named(key), Person.full_name) for key in declared if key]
    theirs, mine = aliased(Tie), aliased(Tie)
    return or_(
        exists().where(mine.person_id == person_id, mine.other_id == Person.id),
        exists().where(
            theirs.person_id == Person.id, or_(theirs.other_id == person_id, theirs.key.in_(keys(full_name)))
        ),
        *by_name,
    )


def close(session: Session, *, person_id: int, other_ids: Collection[int]) -> set[int]:
    """Returns who of these is close to the person."""
    if not other_ids:
        return set()
    found = select(Person.id).where(Person.id.in_(other_ids), close_to(session, person_id=person_id))
    return set(session.scalars(found))


def close_to_place(person_id: SQLColumnExpression[int] | int, *, organisation_id: int) -> ColumnElement[bool]:
    """Returns the condition that a relative of the person works in an organisation, by the person's own word."""
    return exists().where(Tie.person_id == person_id, Tie.organisation_id == organisation_id)


def places(session: Session, *, person_ids: Collection[int]) -> set[tuple[int, int]]:
    """Returns the organisations in which relatives of these people work, each beside its person."""
    there = select(Tie.person_id, Tie.organisation_id).where(
        Tie.person_id.in_(person_ids), Tie.organisation_id.is_not(None)
    )
    return {(row.person_id, row.organisation_id) for row in session.execute(there)} if person_ids else set()
