"""Finds active members by what they work on and where."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, aliased

from db.active.models import Membership, MembershipStatus
from db.caller import PersonCaller
from db.dictionaries.models import Term
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


def is_member(person_id: PersonId) -> ColumnElement[bool]:
    """Whether somebody is an active member now, as a condition."""
    return exists().where(Membership.person_id == person_id, ACTIVE)


def of_direction(person_id: PersonId, direction_ids: Collection[int]) -> ColumnElement[bool]:
    """Whether somebody is an active member of one of these directions now, as a condition."""
    return exists().where(Membership.person_id == person_id, ACTIVE, Membership.direction_id.in_(direction_ids))


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
