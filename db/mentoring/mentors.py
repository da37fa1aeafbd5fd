"""The base of mentors: what a mentor declares, how many places are free, and a place taken by one pair alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, ScalarSelect, delete, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from db.caller import Caller, PersonCaller, StaffCaller
from db.diagnostics.queries import published_version, questionnaire
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Centre, Municipality, Term, TermKind
from db.errors import DomainError, NotFoundError
from db.mentoring.models import MOST_PLACES, Mentor, MentorDirection, MentorStrength, Pair
from db.mentoring.rules import HOLDING
from db.people.models import Person, Role, RoleGrant
from db.people.roles import holds
from db.scope import Scope
from db.search import matches
from db.upsert import insert


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a mentor has declared, and what there is to choose from: titles of components by code, directions.

    `taken` places are held by pairs that work, rest or are proposed.
    """

    strengths: frozenset[str]
    directions: frozenset[int]
    places: int | None
    paused: bool
    digest: bool
    taken: int
    components: Mapping[str, str]
    known_directions: Sequence[Term]


@dataclass(frozen=True, slots=True)
class MentorFilter:
    """Which mentors are wanted. `free` have a place and do not rest."""

    centre_id: int | None = None
    component: str = ""
    direction_id: int | None = None
    free: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class MentorRow:
    """A mentor in the base: strengths and directions by name. `places` are not known of who declared none."""

    person_id: int
    name: str | None
    municipality: str | None
    centre: str | None
    organisation: str | None
    strengths: tuple[str, ...]
    directions: tuple[str, ...]
    places: int | None
    taken: int
    paused: bool

    @property
    def free(self) -> int:
        """How many more mentees may be proposed; none where the mentor rests or declared no places."""
        return 0 if self.paused or self.places is None else max(self.places - self.taken, 0)


def components(session: Session) -> dict[str, str]:
    """Returns the titles of what a mentor may be strong in, by code: components of the teachers' self-diagnosis."""
    version_id = published_version(session)
    if version_id is None:
        return {}
    return {one.code: one.title for one in questionnaire(session, version_id=version_id).components}


def declaration(session: Session, caller: PersonCaller) -> Declaration:
    """Returns the person's own declaration. Raises NotFoundError for whoever is no mentor."""
    check_mentor(session, person_id=caller.person_id)
    return declared(session, person_id=caller.person_id)


def declared(session: Session, *, person_id: int) -> Declaration:
    """Returns what somebody declared; whoever asks has been found to be them or to see them."""
    row = session.get(Mentor, person_id)
    return Declaration(
        strengths=frozenset(
            session.scalars(select(MentorStrength.component).where(MentorStrength.person_id == person_id))
        ),
        directions=frozenset(
            session.scalars(select(MentorDirection.direction_id).where(MentorDirection.person_id == person_id))
        ),
        places=row.places if row else None,
        paused=bool(row and row.paused),
        digest=bool(row and row.digest),
        taken=session.scalar(select(taken(person_id))) or 0,
        components=components(session),
        known_directions=dictionaries.terms(session, kind=TermKind.DIRECTION),
    )


def put_strength(session: Session, caller: PersonCaller, *, component: str, on: bool) -> None:
    """Adds or removes what the mentor can help with; the same again changes nothing. Raises NotFoundError."""
    _own(session, caller)
    keep_strength(session, person_id=caller.person_id, component=component, on=on)


def put_direction(session: Session, caller: PersonCaller, *, direction_id: int, on: bool) -> None:
    """Adds or removes a direction that the mentor works on. Raises NotFoundError."""
    _own(session, caller)
    keep_direction(session, person_id=caller.person_id, direction_id=direction_id, on=on)


def put_places(session: Session, caller: PersonCaller, *, places: int) -> None:
    """Says how many mentees at once. Raises NotFoundError, DomainError `mentoring_places`, `mentoring_places_taken`."""
    keep_places(session, _own(session, caller), places=places)


def put_paused(session: Session, caller: PersonCaller, *, paused: bool) -> None:
    """Has the mentor proposed to nobody, or again. Raises NotFoundError."""
    _own(session, caller).paused = paused


def put_digest(session: Session, caller: PersonCaller, *, digest: bool) -> None:
    """Wants the weekly summary, or not any more. Raises NotFoundError."""
    row = _own(session, caller)
    if digest and not row.digest:
        row.digest_at = caller.now  # the first comes with the next week
    row.digest = digest


def keep_strength(session: Session, *, person_id: int, component: str, on: bool) -> None:
    """Adds or removes a strength. Raises NotFoundError for a component that there is not."""
    if not on:
        own = MentorStrength.person_id == person_id, MentorStrength.component == component
        session.execute(delete(MentorStrength).where(*own))
        return
    if component not in components(session):
        raise NotFoundError
    values = {"person_id": person_id, "component": component}
    session.execute(insert(session, MentorStrength).values(values).on_conflict_do_nothing())


def keep_direction(session: Session, *, person_id: int, direction_id: int, on: bool) -> None:
    """Adds or removes a direction. Raises NotFoundError for one that there is not."""
    if not on:
        own = MentorDirection.person_id == person_id, MentorDirection.direction_id == direction_id
        session.execute(delete(MentorDirection).where(*own))
        return
    term = session.get(Term, direction_id)
    if term is None or term.kind is not TermKind.DIRECTION or not term.active:
        raise NotFoundError
    values = {"person_id": person_id, "direction_id": direction_id}
    session.execute(insert(session, MentorDirection).values(values).on_conflict_do_nothing())


def keep_places(session: Session, row: Mentor, *, places: int) -> None:
    """Gives a locked mentor so many places. Raises DomainError `mentoring_places`, `mentoring_places_taken`."""
    if not 1 <= places <= MOST_PLACES:
        raise DomainError("mentoring_places", most=MOST_PLACES)
    held = session.scalar(select(taken(row.person_id))) or 0
    if places < held:
        raise DomainError("mentoring_places_taken", taken=held)
    row.places = places


def locked_mentor(session: Session, caller: Caller, *, person_id: int) -> Mentor:
    """Locks a mentor's place in the base, made where there is none yet. Raises NotFoundError for who is no mentor."""
    lock_places(session, mentor_id=person_id)
    check_mentor(session, person_id=person_id)
    values = {"person_id": person_id, "paused": False, "digest": False, "declared_at": caller.now}
    session.execute(insert(session, Mentor).values(values).on_conflict_do_nothing())
    return session.get_one(Mentor, person_id, populate_existing=True)


def lock_places(session: Session, *, mentor_id: int) -> None:
    """Has whoever else counts this mentor's places wait until the commit."""
    # Rows that name the person may be written meanwhile.
    session.execute(select(Person.id).where(Person.id == mentor_id).with_for_update(key_share=True))


def check_free(session: Session, *, mentor_id: int) -> None:
    """Makes sure that a pair more fits the locked places. Raises DomainError `mentoring_full`, `mentoring_resting`."""
    row = session.get(Mentor, mentor_id, populate_existing=True)
    if row is None:
        return
    if row.paused:
        raise DomainError("mentoring_resting")
    held = session.scalar(select(taken(mentor_id))) or 0
    if row.places is not None and held >= row.places:
        raise DomainError("mentoring_full", places=row.places)


def has_room(mentor: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Returns the condition that a mentor may get a pair more: what `check_free` lets pass."""
    full = or_(Mentor.paused, Mentor.places <= taken(mentor))
    return ~exists().where(Mentor.person_id == mentor, full)


def taken(mentor: int | InstrumentedAttribute[int]) -> ScalarSelect[int]:
    """How many places of a mentor are held, as a part of a statement."""
    held = select(func.count(Pair.id)).where(Pair.mentor_id == mentor, Pair.status.in_(HOLDING))
    # However deep it stands: by itself it would count everybody's pairs from the second statement around it on.
    return held.correlate_except(Pair).scalar_subquery()


def check_mentor(session: Session, *, person_id: int) -> None:
    """Raises NotFoundError unless the person has the role of a mentor now."""
    if not is_mentor(session, person_id=person_id):
        raise NotFoundError


def is_mentor(session: Session, *, person_id: int) -> bool:
    """Whether the person has the role of a mentor now."""
    role = select(RoleGrant.id).where(
        RoleGrant.person_id == person_id, RoleGrant.role == Role.MENTOR, RoleGrant.revoked_at.is_(None)
    )
    return session.scalar(role) is not None


def mentor_base(
    session: Session, caller: StaffCaller, *, wanted: MentorFilter, limit: int | None = None, offset: int = 0
) -> list[MentorRow]:
    """Lists mentors within reach that are wanted, by name; nameless for who learns no names."""
    held = taken(Person.id)
    rows = session.execute(
        select(Person, Mentor.places, Mentor.paused, Centre.name, held)
        .outerjoin(Mentor, Mentor.person_id == Person.id)
        .outerjoin(Municipality, Municipality.id == Person.municipality_id)
        .outerjoin(Centre, Centre.id == Municipality.centre_id)
        .where(*_mentors_wanted(caller.scope, wanted))
        .options(joinedload(Person.municipality), joinedload(Person.organisation))
        .order_by(Person.full_name, Person.id)
        .offset(offset)
        .limit(limit)
    ).all()
    ids = [person.id for person, _, _, _, _ in rows]
    titles = components(session)
    strong: dict[int, set[str]] = {}
    for person_id, code in session.execute(
        select(MentorStrength.person_id, MentorStrength.component).where(MentorStrength.person_id.in_(ids))
    ):
        strong.setdefault(person_id, set()).add(code)
    works: dict[int, list[str]] = {}
    for person_id, name, short in session.execute(
        select(MentorDirection.person_id, Term.name, Term.short)
        .join(Term, Term.id == MentorDirection.direction_id)
        .where(MentorDirection.person_id.in_(ids))
        .order_by(Term.position, Term.id)
    ):
        works.setdefault(person_id, []).append(short or name)
    names = caller.scope.sees_names
    return [
        MentorRow(
            person.id,
            person.full_name if names else None,
            person.municipality.name if person.municipality else None,
            centre,
            person.organisation.name if names and person.organisation else None,
            tuple(title for code, title in titles.items() if code in strong.get(person.id, ())),
            tuple(works.get(person.id, ())),
            places,
            number,
            bool(paused),
        )
        for person, places, paused, centre, number in rows
    ]


def count_mentors(session: Session, caller: StaffCaller, *, wanted: MentorFilter) -> int:
    """Counts such mentors."""
    query = (
        select(func.count())
        .select_from(Person)
        .outerjoin(Mentor, Mentor.person_id == Person.id)
        .outerjoin(Municipality, Municipality.id == Person.municipality_id)
    )
    return session.scalar(query.where(*_mentors_wanted(caller.scope, wanted))) or 0


def mentor_declared(session: Session, caller: StaffCaller, *, person_id: int) -> tuple[Person, Declaration]:
    """Returns a mentor and what they declared. Raises NotFoundError for one out of reach and for no mentor."""
    person = session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise NotFoundError
    caller.scope.check(person)
    check_mentor(session, person_id=person_id)
    return person, declared(session, person_id=person_id)


def _own(session: Session, caller: PersonCaller) -> Mentor:
    return locked_mentor(session, caller, person_id=caller.person_id)


def _mentors_wanted(scope: Scope, wanted: MentorFilter) -> list[ColumnElement[bool]]:
    conditions = [
        scope.limits(Person),
        Person.erased_at.is_(None),
        Person.profile_saved_at.is_not(None),
        holds(Role.MENTOR),
    ]
    if wanted.centre_id is not None:
        conditions.append(Municipality.centre_id == wanted.centre_id)
    if wanted.component:
        strong = MentorStrength.person_id == Person.id, MentorStrength.component == wanted.component
        conditions.append(exists().where(*strong))
    if wanted.direction_id is not None:
        works = MentorDirection.person_id == Person.id, MentorDirection.direction_id == wanted.direction_id
        conditions.append(exists().where(*works))
    if wanted.free:
        conditions += [Mentor.paused.is_(False), Mentor.places > taken(Person.id)]
    return [*conditions, matches(wanted.text if scope.sees_names else "", Person.full_name)]
