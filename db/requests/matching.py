"""Finds who answers a request: the least loaded active member who fits, of the asker's own unit first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, exists, func, literal, select
from sqlalchemy.orm import Session

from db.active.models import Membership, MembershipStatus
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Municipality, Term, TermKind
from db.people.models import Person
from db.people.queries import reachable
from db.requests.models import HelpRequest, HelpTopic, HelpTurn, RequestStatus
from db.ties.queries import close_to

AT_ONCE = 8
"""So many of the best are locked and counted once more: two requests of one moment may not both take the last place."""


@dataclass(frozen=True, slots=True)
class Answerer:
    """Somebody who may answer: `near` is 0 in the asker's municipality, 1 in its centre, 2 elsewhere."""

    person_id: int
    near: int
    load: int

    @property
    def rank(self) -> tuple[int, int, int]:
        """Own unit first, then the fewest requests."""
        return self.near, self.load, self.person_id


def fitting(
    session: Session,
    request: HelpRequest,
    *,
    limit: int,
    full: bool = False,
    only: Sequence[ColumnElement[bool]] = (),
) -> list[Answerer]:
    """Lists whoever may answer, the best first: never the asker or one who had a turn; `full` ones only where asked.

    Whoever is close to the asker by the word of one of them is left out, a colleague of the same school where the asker
    wished so. `only` narrows people further.
    """
    asker = session.get_one(Person, request.person_id)
    town = session.get(Municipality, request.municipality_id) if request.municipality_id is not None else None
    nearer = [(Person.municipality_id == town.id, 0)] if town is not None else []
    if town is not None and town.centre_id is not None:
        nearer.append((Person.municipality_id.in_(select(Municipality.id).filter_by(centre_id=town.centre_id)), 1))
    near = case(*nearer, else_=2) if nearer else literal(2)
    load = _load()
    conditions = [*_may(session, request, asker), *only]
    if not full:
        conditions.append(load < dictionaries.rules(session).requests_at_once)
    rows = session.execute(
        select(Person.id, near, load).where(*conditions).order_by(near, load, Person.id).limit(limit)
    )
    return [Answerer(*row) for row in rows]


def choose(session: Session, request: HelpRequest) -> int | None:
    """Returns who shall answer, locked until the end of the transaction; none where nobody fits and has room."""
    best = fitting(session, request, limit=AT_ONCE)
    if not best:
        return None
    ids = [one.person_id for one in best]
    # In one order, or two requests could wait for each other.
    session.execute(select(Person.id).where(Person.id.in_(ids)).order_by(Person.id).with_for_update())
    most = dictionaries.rules(session).requests_at_once
    now = dict(session.execute(select(Person.id, _load()).where(Person.id.in_(ids))).all())
    free = [Answerer(one.person_id, one.near, now[one.person_id]) for one in best if now[one.person_id] < most]
    return min(free, key=lambda one: one.rank).person_id if free else None


def has_room(session: Session, person_id: int) -> bool:
    """Whether somebody may be given one request more, with their load locked until the end of the transaction."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
    load = session.scalar(select(_load()).where(Person.id == person_id)) or 0
    return load < dictionaries.rules(session).requests_at_once


def fits(session: Session, request: HelpRequest, person_id: int) -> bool:
    """Whether a person may answer this request at all, whatever else they have to answer."""
    asker = session.get_one(Person, request.person_id)
    query = select(Person.id).where(Person.id == person_id, *_may(session, request, asker, whatever_topic=True))
    return session.scalar(query) is not None


def wanted_directions(session: Session, request: HelpRequest) -> set[int]:
    """Returns the directions whose members answer to the topic; none means all."""
    if request.direction_id is not None:
        return {request.direction_id}
    own = HelpTopic.id == request.group_id if request.group_id else HelpTopic.code == request.component
    codes = session.scalar(select(HelpTopic.direction_codes).where(own)) or []
    of_codes = select(Term.id).where(Term.kind == TermKind.DIRECTION, Term.code.in_(codes))
    return set(session.scalars(of_codes)) if codes else set()


def directions_of(session: Session, *, components: Collection[str]) -> set[int]:
    """Returns the directions whose members answer to any of these components."""
    named = session.scalars(select(HelpTopic.direction_codes).where(HelpTopic.code.in_(components))).all()
    codes = {code for one in named for code in one}
    return set(session.scalars(select(Term.id).where(Term.kind == TermKind.DIRECTION, Term.code.in_(codes))))


def _may(
    session: Session, request: HelpRequest, asker: Person, *, whatever_topic: bool = False
) -> list[ColumnElement[bool]]:
    directions = set() if whatever_topic else wanted_directions(session, request)
    members = select(Membership.person_id).where(Membership.status == MembershipStatus.ACTIVE)
    if directions:
        members = members.where(Membership.direction_id.in_(directions))
    had = exists().where(HelpTurn.request_id == request.id, HelpTurn.person_id == Person.id)
    conditions = [
        Person.id.in_(members),  # a few hundred of all people: where the search begins
        Person.id != request.person_id,
        Person.erased_at.is_(None),
        reachable(Person.id),
        ~had,
    ]
    conditions.append(~close_to(session, person_id=request.person_id))
    if request.not_own_school and asker.organisation_id is not None:
        conditions.append(func.coalesce(Person.organisation_id, 0) != asker.organisation_id)
    return conditions


def _load() -> ColumnElement[int]:
    own = select(func.count()).where(HelpRequest.assignee_id == Person.id, HelpRequest.status == RequestStatus.ASSIGNED)
    return own.correlate(Person).scalar_subquery()
