"""Pairs whose mentor leaves: who could take the mentee over, and the pair begun anew with another mentor."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session, aliased

from db.affairs import Affair, Taker
from db.caller import StaffCaller
from db.errors import NotFoundError
from db.mentoring import staff_queries, staff_services
from db.mentoring.models import Pair, PairStatus
from db.mentoring.services import within
from db.people.models import Consent, Person
from db.ties.queries import close

LEFT_BEHIND = timedelta(days=90)
"""How long it is asked who takes a mentee over whose mentor is gone."""
_MENTOR, _MENTEE = aliased(Person), aliased(Person)


def holders(caller: StaffCaller) -> Select[int]:
    """Returns the mentors of pairs within reach that go on, and of those whom a gone mentor left without one."""
    return (
        select(Pair.mentor_id)
        .join(_MENTOR, _MENTOR.id == Pair.mentor_id)
        .join(_MENTEE, _MENTEE.id == Pair.mentee_id)
        .where(_held(caller), or_(caller.scope.limits(_MENTOR), caller.scope.limits(_MENTEE)))
    )


def held(session: Session, caller: StaffCaller, *, person_id: int) -> list[Affair]:
    """Lists the pairs with the mentors within reach: fewest pairs first, colleagues of the mentee last."""
    pairs = session.scalars(
        select(Pair)
        .join(_MENTOR, _MENTOR.id == Pair.mentor_id)
        .join(_MENTEE, _MENTEE.id == Pair.mentee_id)
        .where(_held(caller), Pair.mentor_id == person_id)
        .order_by(Pair.id)
    ).all()
    reached = [pair for pair in pairs if within(caller.scope, pair)]
    mentors = staff_queries.mentors(session, caller) if reached else []
    return [
        Affair(pair.id, pair.mentee.full_name or "", _takers(session, pair, mentors), about_id=pair.mentee_id)
        for pair in reached
    ]


def hand_over(session: Session, caller: StaffCaller, *, held_id: int, to_person_id: int) -> None:
    """Ends the pair and begins one of the mentee with the other mentor, with the same goals; all hear of it.

    Raises NotFoundError, ForbiddenError, and what `create_pair` does.
    """
    pair = session.get(Pair, held_id, with_for_update=True)
    if pair is None or not within(caller.scope, pair):
        raise NotFoundError
    if pair.ended_at is None:
        staff_services.finish_pair(session, caller, pair_id=pair.id)
    staff_services.create_pair(session, caller, mentor_id=to_person_id, mentee_id=pair.mentee_id, goals=pair.goals)


def _held(caller: StaffCaller) -> ColumnElement[bool]:
    """Pairs that go on, proposals aside, and those whose mentor left while the mentee has found no other."""
    other = aliased(Pair)
    given = exists().where(Consent.person_id == _MENTOR.id)
    stands = exists().where(Consent.person_id == _MENTOR.id, Consent.withdrawn_at.is_(None))
    behind = (
        (Pair.ended_at > caller.now - LEFT_BEHIND)
        & (_MENTOR.erased_at.is_not(None) | (given & ~stands))
        & _MENTOR.merged_into_id.is_(None)
        & _MENTEE.erased_at.is_(None)
        & ~exists().where(other.mentee_id == Pair.mentee_id, other.ended_at.is_(None))
    )
    return Pair.status.in_((PairStatus.ACTIVE, PairStatus.PAUSED)) | behind


def _takers(session: Session, pair: Pair, mentors: Sequence[staff_queries.Candidate]) -> list[Taker]:
    """Mentors with a free place; nobody close to the mentee."""
    near = close(session, person_id=pair.mentee_id, other_ids=[one.person_id for one in mentors])
    school = pair.mentee.organisation.name if pair.mentee.organisation else None
    found = [
        Taker(
            one.person_id,
            one.name or "",
            ", ".join(part for part in (one.organisation, one.municipality) if part),
            one.pairs,
            colleague=school is not None and one.organisation == school,
        )
        for one in mentors
        if one.person_id not in (pair.mentor_id, pair.mentee_id, *near)
    ]
    return sorted(found, key=lambda one: (one.colleague, one.load, one.name, one.person_id))
