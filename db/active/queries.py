"""Finds active members by what they work on and where."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased

from db.active.models import Membership, MembershipStatus
from db.caller import PersonCaller
from db.dictionaries.models import Term
from db.people.models import Person
from db.people.queries import PersonId

ACTIVE = Membership.status == MembershipStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class MembershipLine:
    """A membership that goes on: the direction with its number, whom one supports, the order, the last day."""

    id: int
    person_id: int
    direction_id: int | None
    number: str
    direction: str
    category: str
    order_number: str
    until: date | None


@dataclass(frozen=True, slots=True)
class Fitting:
    """An active member who may be asked for help, with the unit where they work."""

    person_id: int
    direction_id: int | None
    category_id: int | None
    organisation_id: int | None
    municipality_id: int | None


def is_member(person_id: PersonId) -> ColumnElement[bool]:
    """Whether somebody is an active member now, as a condition."""
    return exists().where(Membership.person_id == person_id, ACTIVE)


def lines_of(session: Session, *, person_ids: Sequence[int] | None) -> dict[int, list[MembershipLine]]:
    """Returns the memberships that go on of each of these people, of everybody where none are named; oldest first."""
    supported = aliased(Term)
    found = session.execute(
        select(
            Membership.id,
            Membership.person_id,
            Membership.direction_id,
            Term.code,
            Term.name,
            supported.name.label("category"),
            Membership.order_number,
            Membership.until,
        )
        .outerjoin(Term, Term.id == Membership.direction_id)
        .outerjoin(supported, supported.id == Membership.category_id)
        .where(ACTIVE, *([] if person_ids is None else [Membership.person_id.in_(person_ids)]))
        .order_by(Membership.id)
    )
    lines: dict[int, list[MembershipLine]] = {}
    for row in found:
        number, direction, category = row.code or "", row.name or "", row.category or ""
        line = MembershipLine(
            row.id, row.person_id, row.direction_id, number, direction, category, row.order_number, row.until
        )
        lines.setdefault(row.person_id, []).append(line)
    return lines


@dataclass(frozen=True, slots=True)
class OwnActive:
    """What an active member sees of oneself: the memberships, and how much there is to do by `Count`."""

    lines: Sequence[MembershipLine]
    counts: Sequence[int]


Count = Callable[[Session, PersonCaller], int]


def own(session: Session, caller: PersonCaller, *, counts: Sequence[Count]) -> OwnActive:
    """Returns the person's own memberships and counts what they have to do; nothing for who is no member."""
    lines = lines_of(session, person_ids=[caller.person_id]).get(caller.person_id, [])
    return OwnActive(lines, [count(session, caller) for count in counts] if lines else [])


def fitting(
    session: Session,
    *,
    direction_id: int | None = None,
    category_id: int | None = None,
    organisation_id: int | None = None,
    municipality_id: int | None = None,
    but: Sequence[int] = (),
) -> list[Fitting]:
    """Finds members of a direction, a support category or a unit, all of them unless one is named; `but` these people.

    Whoever has left or is erased is no member any more; whether they can be written to is the asker's question.
    """
    wanted = [
        column == value
        for column, value in (
            (Membership.direction_id, direction_id),
            (Membership.category_id, category_id),
            (Person.organisation_id, organisation_id),
            (Person.municipality_id, municipality_id),
        )
        if value is not None
    ]
    found = session.execute(
        select(
            Membership.person_id,
            Membership.direction_id,
            Membership.category_id,
            Person.organisation_id,
            Person.municipality_id,
        )
        .join(Person, Person.id == Membership.person_id)
        .where(ACTIVE, Person.erased_at.is_(None), Person.id.not_in(but), and_(True, *wanted))
        .order_by(Membership.person_id, Membership.id)
    )
    return [Fitting(*row) for row in found]
