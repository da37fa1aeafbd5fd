"""Brings a teacher and a mentor together: a wish, proposals with their reasons, and the yes or no of both.

A proposal knows what both have opened and nothing else: a mentor's declared strengths on one side, what the teacher
named when asking or opened to methodists on the other. What a teacher keeps closed changes nothing here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

from sqlalchemy import ColumnElement, Select, and_, case, exists, literal, or_, select
from sqlalchemy.orm import Session, joinedload

from db.audit import services as audit
from db.caller import PersonCaller, StaffCaller
from db.diagnostics.staff_queries import opened_priorities
from db.errors import DomainError, NotFoundError, StaleError
from db.mentoring.mentors import check_free, components, is_mentor, lock_places, taken
from db.mentoring.models import (
    EndReason,
    Mentor,
    MentorStrength,
    MentorWish,
    Pair,
    PairSide,
    PairStatus,
)
from db.mentoring.notices import DECLINED, PAIRED, PROPOSED, prefix, tell
from db.mentoring.rules import HOLDING, WEIGHTS, Fit, FitReason, fits
from db.mentoring.services import heard, present, why_ended
from db.notices import services as notices
from db.people.models import Person, Role
from db.people.roles import holds
from db.ties.queries import close, close_to
from db.transitions import move
from db.upsert import insert

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Proposal:
    """A mentor who may be proposed: why, how many places are free, whether both work at one organisation."""

    person_id: int
    name: str | None
    municipality: str | None
    organisation: str | None
    free: int
    strengths: tuple[str, ...]
    reasons: tuple[FitReason, ...]
    colleague: bool


@dataclass(frozen=True, slots=True)
class Proposals:
    """Who may be proposed to a teacher, the best first. `named` and `opened` are codes, `titles` their names."""

    person_id: int
    name: str | None
    municipality_id: int | None
    wishes: bool
    named: str | None
    opened: tuple[str, ...]
    titles: dict[str, str]
    found: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class ProposalCard:
    """A proposal as one of the two sees it: who the other is, what help is wanted with, whether one has agreed."""

    pair_id: int
    is_mentor: bool
    name: str | None
    position: str | None
    organisation: str | None
    component: str | None
    agreed: bool


def wish(session: Session, caller: PersonCaller, *, component: str | None) -> None:
    """Says that the person looks for a mentor, to be helped with one component or anything; a later word replaces it.

    Raises NotFoundError for a component that there is not, DomainError `mentoring_wish_paired` where somebody
    accompanies them already.
    """
    if component is not None and component not in components(session):
        raise NotFoundError
    working = Pair.mentee_id == caller.person_id, Pair.status == PairStatus.ACTIVE
    if session.scalar(select(exists().where(*working))):
        raise DomainError("mentoring_wish_paired")
    values = {"person_id": caller.person_id, "component": component, "asked_at": caller.now}
    statement = insert(session, MentorWish).values(values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["person_id"], index_where=MentorWish.closed_at.is_(None), set_={"component": component}
        )
    )


def end_wish(session: Session, caller: PersonCaller) -> None:
    """Says that the person does not look for a mentor any more; twice is once."""
    close_wish(session, caller, person_id=caller.person_id)


def close_wish(session: Session, caller: PersonCaller | StaffCaller, *, person_id: int) -> None:
    """Closes somebody's wish: it came true or was taken back."""
    row = session.scalar(_open_wish(person_id).with_for_update())
    if row is not None:
        row.closed_at = caller.now


def own_wish(session: Session, caller: PersonCaller) -> tuple[bool, str | None, dict[str, str]]:
    """Returns whether the person looks for a mentor, the component they named, and titles to choose from by code."""
    row = session.scalar(_open_wish(caller.person_id))
    return row is not None, row.component if row else None, components(session)


def proposals(session: Session, caller: StaffCaller, *, mentee_id: int) -> Proposals:
    """Finds up to twenty mentors within reach for a teacher, the weightiest reasons first, then most free places.

    Left out: who is full, rests, is close to the teacher by the word of one of the two, or is their mentor or proposed
    already. Raises NotFoundError for a teacher out of reach.
    """
    mentee = present(session, person_id=mentee_id)
    caller.scope.check_write(mentee)
    asked = session.scalar(_open_wish(mentee_id))
    named = asked.component if asked else None
    titles = components(session)
    opened = tuple(code for code in opened_priorities(session, caller, person_id=mentee_id) if code in titles)
    held = taken(Person.id)
    weight = _weight(mentee, named, opened)
    rows = session.execute(
        select(Person, Mentor.places, held)
        .join(Mentor, Mentor.person_id == Person.id)
        .where(
            caller.scope.limits(Person),
            Person.erased_at.is_(None),
            Person.profile_saved_at.is_not(None),
            Person.id != mentee_id,
            holds(Role.MENTOR),
            Mentor.paused.is_(False),
            Mentor.places > held,
            ~exists().where(_of_both(mentee_id), Pair.status.in_(HOLDING)),
            ~close_to(session, person_id=mentee_id),
        )
        .options(joinedload(Person.municipality), joinedload(Person.organisation))
        .order_by(weight.desc(), (Mentor.places - held).desc(), Person.full_name, Person.id)
        .limit(SHOWN)
    ).all()
    strong: dict[int, list[str]] = {}
    ids = [person.id for person, _, _ in rows]
    for person_id, code in session.execute(
        select(MentorStrength.person_id, MentorStrength.component).where(MentorStrength.person_id.in_(ids))
    ):
        strong.setdefault(person_id, []).append(code)
    found = tuple(
        Proposal(
            person.id,
            person.full_name,
            person.municipality.name if person.municipality else None,
            person.organisation.name if person.organisation else None,
            (places or 0) - number,
            tuple(code for code in titles if code in strong.get(person.id, ())),
            fits(
                strong.get(person.id, ()),
                named=named,
                opened=opened,
                subject=person.subject_id is not None and person.subject_id == mentee.subject_id,
                near=person.municipality_id is not None and person.municipality_id == mentee.municipality_id,
            ),
            person.organisation_id is not None and person.organisation_id == mentee.organisation_id,
        )
        for person, places, number in rows
    )
    return Proposals(
        mentee_id, mentee.full_name, mentee.municipality_id, asked is not None, named, opened, titles, found
    )


def propose(session: Session, caller: StaffCaller, *, mentor_id: int, mentee_id: int, goals: str | None = None) -> int:
    """Proposes a pair to both, who answer in the bot; the same again is the same pair. Returns its id.

    Raises NotFoundError, ForbiddenError, DomainError `mentoring_same_person`, `mentoring_no_mentor`,
    `mentoring_relative`, `mentoring_full`, `mentoring_resting`.
    """
    may_pair(session, caller, mentor_id=mentor_id, mentee_id=mentee_id)
    lock_places(session, mentor_id=mentor_id)
    pair = live_pair(session, mentor_id=mentor_id, mentee_id=mentee_id)
    if pair is None:
        check_free(session, mentor_id=mentor_id)
        asked = session.scalar(_open_wish(mentee_id))
        pair = Pair(
            mentor_id=mentor_id,
            mentee_id=mentee_id,
            status=PairStatus.PROPOSED,
            goals=goals or None,
            component=asked.component if asked else None,
            started_at=caller.now,
            last_contact_at=caller.now,
        )
        session.add(pair)
        session.flush()
        for person_id, side in ((mentor_id, PairSide.MENTOR), (mentee_id, PairSide.MENTEE)):
            tell(session, caller, pair, person_id, PROPOSED, f"proposed:{side}")
    audit.record(
        session,
        caller,
        action="mentoring.propose",
        object_type="pair",
        object_id=pair.id,
        subject_person_id=mentee_id,
    )
    return pair.id


def answer(session: Session, caller: PersonCaller, *, pair_id: int, agreed: bool) -> bool:
    """Takes the yes or no of one of the two; with both yeses the pair works. Returns whether it works now.

    A no ends the proposal, the other one hears that it did not come about, never whose no it was. Raises NotFoundError,
    StaleError where it was answered otherwise or taken back, and for a yes to who is no mentor now.
    """
    pair, side = _proposed_to(session, caller, pair_id)
    if pair.status is not PairStatus.PROPOSED:
        same = pair.status is PairStatus.ACTIVE if agreed else pair.declined_side is side
        if not same:
            raise StaleError
        return pair.status is PairStatus.ACTIVE
    if not agreed:
        know = heard(session, pair)
        move(pair, PairStatus.DECLINED)
        pair.ended_at, pair.declined_side = caller.now, side
        notices.cancel_prefix(session, prefix=prefix(pair.id))
        other = pair.mentee_id if side is PairSide.MENTOR else pair.mentor_id
        if other in know:
            tell(session, caller, pair, other, DECLINED, "declined")
        return False
    if not is_mentor(session, person_id=pair.mentor_id):
        raise StaleError
    if side is PairSide.MENTOR:
        pair.mentor_agreed_at = pair.mentor_agreed_at or caller.now
    else:
        pair.mentee_agreed_at = pair.mentee_agreed_at or caller.now
    if pair.mentor_agreed_at is None or pair.mentee_agreed_at is None:
        return False
    begin_work(session, caller, pair=pair)
    return True


def begin_work(session: Session, caller: PersonCaller | StaffCaller, *, pair: Pair) -> None:
    """Lets a locked proposal work from now on; both hear of it and the wish has come true."""
    move(pair, PairStatus.ACTIVE)
    pair.started_at = pair.last_contact_at = caller.now
    notices.cancel_prefix(session, prefix=prefix(pair.id))
    close_wish(session, caller, person_id=pair.mentee_id)
    tell(session, caller, pair, pair.mentor_id, PAIRED, "paired:mentor")
    tell(session, caller, pair, pair.mentee_id, PAIRED, "paired:mentee")


def say_why(session: Session, caller: PersonCaller, *, pair_id: int, reason: EndReason) -> None:
    """Keeps why one said no, for the methodist alone; relatives are not brought together again.

    Raises NotFoundError, StaleError for a no of the other's or none.
    """
    pair, side = _proposed_to(session, caller, pair_id)
    if pair.status is not PairStatus.DECLINED or pair.declined_side is not side:
        raise StaleError
    why_ended(session, caller, pair, reason, by=caller.person_id)


def proposal(session: Session, caller: PersonCaller, *, pair_id: int) -> ProposalCard:
    """Returns a proposal that waits for an answer. Raises NotFoundError for another's and for one that is answered."""
    pair, side = _proposed_to(session, caller, pair_id)
    if pair.status is not PairStatus.PROPOSED:
        raise NotFoundError
    by_mentor = side is PairSide.MENTOR
    other = pair.mentee if by_mentor else pair.mentor
    return ProposalCard(
        pair.id,
        by_mentor,
        other.full_name,
        other.position.name if other.position else None,
        other.organisation.name if other.organisation else None,
        components(session).get(pair.component or ""),
        (pair.mentor_agreed_at if by_mentor else pair.mentee_agreed_at) is not None,
    )


def waiting(session: Session, caller: PersonCaller) -> Sequence[tuple[int, str | None, bool]]:
    """Lists proposals that the person has not answered: the pair's id, the other one's name, whether one is mentor."""
    rows = session.execute(
        select(Pair)
        .where(
            Pair.status == PairStatus.PROPOSED,
            or_(
                and_(Pair.mentor_id == caller.person_id, Pair.mentor_agreed_at.is_(None)),
                and_(Pair.mentee_id == caller.person_id, Pair.mentee_agreed_at.is_(None)),
            ),
        )
        .options(joinedload(Pair.mentor), joinedload(Pair.mentee))
        .order_by(Pair.id)
    ).scalars()
    return [
        (
            row.id,
            (row.mentee if row.mentor_id == caller.person_id else row.mentor).full_name,
            row.mentor_id == caller.person_id,
        )
        for row in rows
    ]


def may_pair(session: Session, caller: StaffCaller, *, mentor_id: int, mentee_id: int) -> None:
    """Checks who may be brought together by this account.

    Raises NotFoundError, ForbiddenError, DomainError `mentoring_same_person`, `mentoring_no_mentor`,
    `mentoring_relative`.
    """
    if mentor_id == mentee_id:
        raise DomainError("mentoring_same_person")
    for person_id in (mentor_id, mentee_id):
        caller.scope.check_write(present(session, person_id=person_id))
    if not is_mentor(session, person_id=mentor_id):
        raise DomainError("mentoring_no_mentor")
    if close(session, person_id=mentee_id, other_ids=[mentor_id]):
        raise DomainError("mentoring_relative")


def live_pair(session: Session, *, mentor_id: int, mentee_id: int) -> Pair | None:
    """Locks the pair of these two that is proposed, works or rests."""
    own = Pair.mentor_id == mentor_id, Pair.mentee_id == mentee_id, Pair.status.in_(HOLDING)
    return session.scalar(
        select(Pair)
        .where(*own)
        .options(joinedload(Pair.mentor), joinedload(Pair.mentee))
        .with_for_update(of=Pair)
        .execution_options(populate_existing=True)
    )


def _weight(mentee: Person, named: str | None, opened: Sequence[str]) -> ColumnElement[int]:
    """How much speaks for a mentor, counted by the database as `fits` finds the reasons."""

    def strong(*codes: str) -> ColumnElement[bool]:
        return exists().where(MentorStrength.person_id == Person.id, MentorStrength.component.in_(codes))

    true = {
        Fit.NAMED: strong(*([] if named is None else [named])),
        Fit.OPENED: strong(*(code for code in opened if code != named)),
        # NULL equals nothing, not even itself: nobody who says no subject teaches the same.
        Fit.SUBJECT: Person.subject_id == literal(mentee.subject_id, Person.subject_id.type),
        Fit.NEAR: Person.municipality_id == literal(mentee.municipality_id, Person.municipality_id.type),
    }
    first, *others = (case((condition, WEIGHTS[kind]), else_=0) for kind, condition in true.items())
    return reduce(add, others, first)


def _of_both(mentee_id: int) -> ColumnElement[bool]:
    return or_(
        and_(Pair.mentor_id == Person.id, Pair.mentee_id == mentee_id),
        and_(Pair.mentor_id == mentee_id, Pair.mentee_id == Person.id),
    )


def _open_wish(person_id: int) -> Select[MentorWish]:
    return select(MentorWish).where(MentorWish.person_id == person_id, MentorWish.closed_at.is_(None))


def _proposed_to(session: Session, caller: PersonCaller, pair_id: int) -> tuple[Pair, PairSide]:
    pair = session.scalar(
        select(Pair)
        .where(Pair.id == pair_id, or_(Pair.mentor_id == caller.person_id, Pair.mentee_id == caller.person_id))
        .options(joinedload(Pair.mentor), joinedload(Pair.mentee))
        .with_for_update(of=Pair)
        .execution_options(populate_existing=True)
    )
    if pair is None:
        raise NotFoundError
    return pair, PairSide.MENTOR if pair.mentor_id == caller.person_id else PairSide.MENTEE
