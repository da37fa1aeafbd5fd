"""Makes, rests and ends pairs, and keeps the base of mentors, as the panel does."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from db.audit import services as audit
from db.caller import StaffCaller
from db.errors import DomainError, ForbiddenError, NotFoundError
from db.mentoring import mentors
from db.mentoring.models import EndReason, Pair, PairSide, PairStatus
from db.mentoring.notices import PAIRED, tell
from db.mentoring.proposals import begin_work, close_wish, live_pair, may_pair
from db.mentoring.services import end, present, rest, why_ended, within, work_again


def create_pair(
    session: Session, caller: StaffCaller, *, mentor_id: int, mentee_id: int, goals: str | None = None
) -> int:
    """Brings a mentor and a mentee together and tells both; returns the pair's id, the same one when they work already.

    Both must be within reach; a proposal of the two works from now on. Raises NotFoundError, ForbiddenError,
    DomainError `mentoring_same_person`, `mentoring_no_mentor` where the role is not there, `mentoring_relative`,
    `mentoring_full`, `mentoring_resting`.
    """
    may_pair(session, caller, mentor_id=mentor_id, mentee_id=mentee_id)
    mentors.lock_places(session, mentor_id=mentor_id)
    pair = live_pair(session, mentor_id=mentor_id, mentee_id=mentee_id)
    if pair is None:
        mentors.check_free(session, mentor_id=mentor_id)
        pair = Pair(
            mentor_id=mentor_id,
            mentee_id=mentee_id,
            status=PairStatus.ACTIVE,
            goals=goals or None,
            started_at=caller.now,
            last_contact_at=caller.now,
        )
        session.add(pair)
        session.flush()
        close_wish(session, caller, person_id=mentee_id)
        tell(session, caller, pair, mentor_id, PAIRED, "paired:mentor")
        tell(session, caller, pair, mentee_id, PAIRED, "paired:mentee")
    elif pair.status is PairStatus.PROPOSED:
        begin_work(session, caller, pair=pair)
    _record(session, caller, pair, action="mentoring.create_pair")
    return pair.id


def finish_pair(session: Session, caller: StaffCaller, *, pair_id: int) -> None:
    """Ends a pair: planned meetings are taken back, both hear of it once. Raises NotFoundError, ForbiddenError."""
    pair = _own(session, caller, pair_id)
    if (ended := end(session, caller, pair=pair)) is not None:
        _tell(session, caller, pair, ended.kind, "finished", ended.person_ids)
    _record(session, caller, pair, action="mentoring.finish_pair")


def break_off(session: Session, caller: StaffCaller, *, pair_id: int, reason: EndReason | None) -> None:
    """Ends a pair that did not work out, or takes a proposal back; why is kept, both hear only that it ended.

    Twice is once. Raises NotFoundError, ForbiddenError, ConflictError `mentoring_pair_moved`, DomainError
    `mentoring_reason` without a reason.
    """
    pair = _own(session, caller, pair_id)
    if reason is None:
        raise DomainError("mentoring_reason")
    if (ended := end(session, caller, pair=pair, to=PairStatus.BROKEN_OFF)) is not None:
        why_ended(session, caller, pair, reason, by=pair.mentee_id)
        _tell(session, caller, pair, ended.kind, "finished", ended.person_ids)
    _record(session, caller, pair, action="mentoring.break_off")


def pause_pair(session: Session, caller: StaffCaller, *, pair_id: int) -> None:
    """Has a pair rest: its place is kept, planned meetings are taken back, nobody is reminded. Twice is once.

    Raises NotFoundError, ForbiddenError, ConflictError `mentoring_pair_moved`.
    """
    pair = _own(session, caller, pair_id)
    rest(session, caller, pair=pair, told=(pair.mentor_id, pair.mentee_id))
    _record(session, caller, pair, action="mentoring.pause_pair")


def resume_pair(session: Session, caller: StaffCaller, *, pair_id: int) -> None:
    """Has a resting pair work again, silences go on. Twice is once. Raises as `pause_pair`."""
    pair = _own(session, caller, pair_id)
    work_again(session, caller, pair=pair, told=(pair.mentor_id, pair.mentee_id))
    _record(session, caller, pair, action="mentoring.resume_pair")


def edit_mentor(
    session: Session,
    caller: StaffCaller,
    *,
    person_id: int,
    strengths: Collection[str],
    directions: Collection[int],
    places: int | None,
    paused: bool,
) -> None:
    """Writes down what a mentor declared on paper or by phone.

    Raises NotFoundError, ForbiddenError, DomainError `mentoring_places`, `mentoring_places_taken`.
    """
    person = present(session, person_id=person_id)
    caller.scope.check_write(person)
    row = mentors.locked_mentor(session, caller, person_id=person_id)
    before = mentors.declared(session, person_id=person_id)
    for code in {*strengths, *before.strengths}:
        mentors.keep_strength(session, person_id=person_id, component=code, on=code in strengths)
    for number in {*directions, *before.directions}:
        mentors.keep_direction(session, person_id=person_id, direction_id=number, on=number in directions)
    mentors.keep_places(session, row, places=places or 0)
    row.paused = paused
    audit.record(
        session,
        caller,
        action="mentoring.edit_mentor",
        object_type="person",
        object_id=person_id,
        subject_person_id=person_id,
        municipality_id=person.municipality_id,
    )


def _own(session: Session, caller: StaffCaller, pair_id: int) -> Pair:
    pair = session.get(Pair, pair_id, with_for_update=True)
    if pair is None or not within(caller.scope, pair):
        raise NotFoundError
    if not caller.scope.can_write:
        raise ForbiddenError
    return pair


def _tell(session: Session, caller: StaffCaller, pair: Pair, kind: str, what: str, person_ids: Collection[int]) -> None:
    for person_id in person_ids:
        side = PairSide.MENTOR if person_id == pair.mentor_id else PairSide.MENTEE
        tell(session, caller, pair, person_id, kind, f"{what}:{side}")


def _record(session: Session, caller: StaffCaller, pair: Pair, *, action: str) -> None:
    audit.record(
        session,
        caller,
        action=action,
        object_type="pair",
        object_id=pair.id,
        subject_person_id=pair.mentee_id,
    )
