"""The register of people as the panel shows it: lists by scope, and what staff do with roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from db.caller import StaffCaller
from db.dictionaries.models import Municipality, Organisation, Term
from db.errors import NotFoundError
from db.people.models import Person, Role, RoleGrant
from db.people.queries import blocked_since
from db.people.roles import holds
from db.people.rules import YOUNG
from db.scope import Scope
from db.search import matches

PLACES = ("municipality", "organisation", "position", "subject", "qualification")


@dataclass(frozen=True, slots=True)
class PersonFilter:
    """What a list of people is narrowed to; the `young` have worked for less than three years."""

    text: str = ""
    municipality_id: int | None = None
    role: Role | None = None
    young: bool = False


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A line of the list."""

    id: int
    full_name: str
    municipality: str | None
    organisation: str | None
    position: str | None
    roles: frozenset[Role]
    since: datetime
    blocked: bool


def listing(
    session: Session,
    caller: StaffCaller,
    *which: ColumnElement[bool],
    narrowed: PersonFilter,
    page: int,
    size: int,
) -> tuple[list[PersonRow], int]:
    """Returns a page of the list by name (the last one where there is no such page), and how many people there are.

    `which` are a later noun's conditions. Raises NotFoundError for who sees no names: a line with a place and a
    position is as good as a name.
    """
    if not caller.scope.sees_names:
        raise NotFoundError
    conditions = [*_conditions(caller.scope, narrowed), *which]
    ids = select(Person.id).where(*conditions).order_by(Person.full_name, Person.id)
    if narrowed.text:
        # Every name has to be looked at anyway: one pass finds the page and counts.
        found = session.scalars(ids).all()
        total = len(found)
        first = _first(page, size, total)
        chosen: Sequence[int] = found[first : first + size]
    else:
        total = session.scalar(select(func.count()).select_from(Person).where(*conditions)) or 0
        chosen = session.scalars(ids.limit(size).offset(_first(page, size, total))).all()
    return rows(session, person_ids=chosen), total


def by_municipality(session: Session, caller: StaffCaller) -> list[tuple[str | None, int]]:
    """Counts the people of each municipality, by its name: all that who sees no names gets of the list."""
    found = session.execute(
        select(Municipality.name, func.count())
        .select_from(Person)
        .outerjoin(Municipality, Person.municipality_id == Municipality.id)
        .where(*_conditions(caller.scope, PersonFilter()))
        .group_by(Municipality.id, Municipality.name)
        .order_by(Municipality.name)
    )
    return [(name, count) for name, count in found]


def _first(page: int, size: int, total: int) -> int:
    return min(page - 1, max(0, total - 1) // size) * size


def rows(session: Session, *, person_ids: Sequence[int]) -> list[PersonRow]:
    """Returns lines for these people, in this order; the caller has checked the scope."""
    held: dict[int, set[Role]] = {}
    grants = select(RoleGrant.person_id, RoleGrant.role).where(
        RoleGrant.person_id.in_(person_ids), RoleGrant.revoked_at.is_(None)
    )
    for person_id, role in session.execute(grants):
        held.setdefault(person_id, set()).add(role)
    found = session.execute(
        select(
            Person.id,
            Person.full_name,
            Municipality.name.label("municipality"),
            Organisation.name.label("organisation"),
            Term.name.label("position"),
            Person.created_at,
            blocked_since(Person.id).label("blocked_since"),
        )
        .outerjoin(Municipality, Municipality.id == Person.municipality_id)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(Term, Term.id == Person.position_id)
        .where(Person.id.in_(person_ids))
    )
    lines = {
        row.id: PersonRow(
            id=row.id,
            full_name=row.full_name or "",
            municipality=row.municipality,
            organisation=row.organisation,
            position=row.position,
            roles=frozenset(held.get(row.id, ())),
            since=row.created_at,
            blocked=row.blocked_since is not None,
        )
        for row in found
    }
    return [lines[number] for number in person_ids if number in lines]


@dataclass(frozen=True, slots=True)
class PersonRegisterRow:
    """A person with every column of the register."""

    id: int
    name: str
    municipality: str
    organisation: str
    position: str
    subject: str
    qualification: str
    experience_years: int | None
    roles: frozenset[Role]
    since: datetime
    blocked: bool


def register(
    session: Session, caller: StaffCaller, *which: ColumnElement[bool], narrowed: PersonFilter
) -> list[PersonRegisterRow]:
    """Lists everybody whom the filter finds, by name, with all columns; `which` are a later noun's conditions."""
    held: dict[int, set[Role]] = {}
    for person_id, role in session.execute(
        select(RoleGrant.person_id, RoleGrant.role).where(RoleGrant.revoked_at.is_(None))
    ):
        held.setdefault(person_id, set()).add(role)
    found = session.execute(
        select(Person, blocked_since(Person.id))
        .where(*_conditions(caller.scope, narrowed), *which)
        .order_by(Person.full_name, Person.id)
        .options(*(joinedload(getattr(Person, name)) for name in PLACES))
    )
    return [
        PersonRegisterRow(
            id=person.id,
            name=person.full_name or "",
            municipality=person.municipality.name if person.municipality else "",
            organisation=person.organisation.name if person.organisation else "",
            position=person.position.name if person.position else "",
            subject=person.subject.name if person.subject else "",
            qualification=person.qualification.name if person.qualification else "",
            experience_years=person.experience_years,
            roles=frozenset(held.get(person.id, ())),
            since=person.created_at,
            blocked=blocked is not None,
        )
        for person, blocked in found
    ]


def people_named(
    session: Session,
    caller: StaffCaller,
    *which: ColumnElement[bool],
    text: str,
    limit: int = 8,
    schools: bool = False,
) -> list[tuple[int, str]]:
    """Finds people within reach by name, to choose from: (id, name and place), with their schools where asked."""
    if len(text) < 2 or not caller.scope.sees_names:
        return []
    places = (Organisation.name, Municipality.name) if schools else (Municipality.name,)
    found = session.execute(
        select(Person.id, Person.full_name, *places)
        .outerjoin(Organisation, Organisation.id == Person.organisation_id)
        .outerjoin(Municipality, Municipality.id == Person.municipality_id)
        .where(
            caller.scope.limits(Person),
            matches(text, Person.full_name),
            Person.erased_at.is_(None),
            Person.profile_saved_at.is_not(None),
            *which,
        )
        .order_by(Person.full_name, Person.id)
        .limit(limit)
    )
    return [(row[0], ", ".join(part for part in row[1:] if part)) for row in found]


def within(session: Session, caller: StaffCaller, *, person_id: int) -> Person:
    """Returns the person if this account may see them. Raises NotFoundError."""
    person = session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise NotFoundError
    caller.scope.check(person)
    return person


def _conditions(scope: Scope, narrowed: PersonFilter) -> list[ColumnElement[bool]]:
    conditions = [Person.erased_at.is_(None), Person.full_name.is_not(None), scope.limits(Person)]
    if narrowed.municipality_id is not None:
        conditions.append(Person.municipality_id == narrowed.municipality_id)
    if narrowed.role is not None:
        conditions.append(holds(narrowed.role))
    if narrowed.young:
        conditions.append(Person.experience_years < YOUNG)
    return [*conditions, matches(narrowed.text, Person.full_name)]
