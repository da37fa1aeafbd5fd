"""Rests, resumes and ends pairs, keeps their goals, takes wishes to meet, and tells the other one."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller, PersonCaller
from db.dictionaries import queries as dictionaries
from db.errors import ConflictError, NotFoundError
from db.mentoring import rules as timing
from db.mentoring.models import EndReason, Meeting, MeetingStatus, Pair, PairSide, PairStatus
from db.mentoring.notices import (
    ABOUT,
    ASKED,
    DECLINED,
    FINISHED,
    PAUSED,
    RESUMED,
    asked_for,
    prefix,
    take_rests_back,
    tell,
    tell_rest,
)
from db.notices import services as notices
from db.notices.rules import waking_moment
from db.people.models import Person
from db.people.staff_services import refuse_withdrawn
from db.scope import Scope
from db.ties import services as ties
from db.transitions import move, moving


@dataclass(frozen=True, slots=True)
class Ending:
    """How a pair ended: the kind of what is said of it, and who of the two is to hear it."""

    kind: str
    person_ids: tuple[int, ...]


def end(session: Session, caller: Caller, *, pair: Pair, to: PairStatus = PairStatus.FINISHED) -> Ending | None:
    """Ends a locked pair with all that was planned and not yet said. Returns who is to hear of it, and what.

    Nothing when it had ended before. What was only proposed has nothing to finish: it is taken back, and whoever has
    not heard of it yet never does.
    """
    if pair.status not in timing.HOLDING:
        return None
    proposed = pair.status is PairStatus.PROPOSED
    people = heard(session, pair) if proposed else (pair.mentor_id, pair.mentee_id)
    move(pair, PairStatus.BROKEN_OFF if proposed else to)
    pair.ended_at = caller.now
    _drop_plans(session, pair)
    return Ending(DECLINED if proposed else FINISHED, people)


def heard(session: Session, pair: Pair) -> tuple[int, ...]:
    """Returns who of the two knows of a locked proposal; to whom it was not said yet it is not said any more."""
    sides = (
        (pair.mentor_id, PairSide.MENTOR, pair.mentor_agreed_at),
        (pair.mentee_id, PairSide.MENTEE, pair.mentee_agreed_at),
    )
    return tuple(
        person_id
        for person_id, side, agreed_at in sides
        if not notices.cancel(session, key=f"{prefix(pair.id)}proposed:{side}") or agreed_at is not None
    )


def rest(session: Session, caller: Caller, *, pair: Pair, told: Collection[int]) -> None:
    """Has a locked pair rest, twice is once, and tells these of the two. Raises ConflictError `mentoring_pair_moved`.

    Who has not heard yet that it works again hears nothing: nothing is new.
    """
    if pair.status is PairStatus.PAUSED:
        return
    move(pair, PairStatus.PAUSED)
    unheard = take_rests_back(session, pair)
    pair.paused_at = caller.now
    dropped = _drop_plans(session, pair)
    for person_id in told:
        called_off = dropped or unheard.get(person_id, False)
        if called_off or person_id not in unheard:
            tell_rest(session, caller, pair, person_id, PAUSED, dropped=called_off)


def work_again(session: Session, caller: Caller, *, pair: Pair, told: Collection[int]) -> None:
    """Has a locked pair work after a rest, twice is once. Silences last as long as they did before it.

    Were they to begin anew, a rest of a minute would put off every reminder. Raises ConflictError
    `mentoring_pair_moved`.
    """
    if pair.status is PairStatus.ACTIVE:
        return
    if pair.status is not PairStatus.PAUSED:
        raise ConflictError("mentoring_pair_moved")
    move(pair, PairStatus.ACTIVE)
    rested = caller.now - (pair.paused_at or pair.last_contact_at)
    pair.paused_at = None
    pair.resumed_at = pair.last_contact_at = pair.last_contact_at + rested
    pair.nudged_at = pair.nudged_at and pair.nudged_at + rested
    pair.silence_noted_at = pair.silence_noted_at and pair.silence_noted_at + rested
    unheard = take_rests_back(session, pair)
    notices.cancel_prefix(session, prefix=prefix(pair.id))
    for person_id in told:
        called_off = unheard.get(person_id, False)
        if called_off or person_id not in unheard:
            tell_rest(session, caller, pair, person_id, RESUMED, dropped=called_off)


def pause(session: Session, caller: PersonCaller, *, pair_id: int, on: bool) -> None:
    """Has one's own pair rest, or work again; the other one hears of it. Twice is once.

    Raises NotFoundError for another's pair and one that has ended.
    """
    pair = _of_two(session, caller, pair_id)
    change = rest if on else work_again
    change(session, caller, pair=pair, told=(pair.other_than(caller.person_id),))


def part(session: Session, caller: PersonCaller, *, pair_id: int, reason: EndReason) -> None:
    """Ends one's own pair that did not work out; why is kept for the methodist, the other one hears that it ended.

    Twice is once. Raises NotFoundError for another's pair and one that ended otherwise.
    """
    pair = _of_two(session, caller, pair_id, also=(PairStatus.BROKEN_OFF,))
    if (ended := end(session, caller, pair=pair, to=PairStatus.BROKEN_OFF)) is not None:
        why_ended(session, caller, pair, reason, by=caller.person_id)
        tell(session, caller, pair, pair.other_than(caller.person_id), ended.kind, "finished:parted")


def why_ended(session: Session, caller: Caller, pair: Pair, reason: EndReason, *, by: int) -> None:
    """Keeps why a locked pair did not work out; relatives are close from now on by the word of one of the two."""
    pair.end_reason = reason
    if reason is EndReason.RELATIVE:
        ties.keep(session, caller, person_id=by, other_id=pair.other_than(by))


def write_goals(session: Session, caller: PersonCaller, *, pair_id: int, text: str) -> None:
    """Keeps what the two have agreed to come to; later goals take their place. Raises NotFoundError."""
    own_pair(session, caller.person_id, pair_id).goals = text


def ask_for_meeting(session: Session, caller: PersonCaller, *, pair_id: int, about: str | None = None) -> bool:
    """Tells the mentor once a day, in waking hours, that the mentee would like to meet, and once what about.

    Returns whether it is new. Raises NotFoundError.
    """
    pair = locked(session, pair_id)
    if pair.mentee_id != caller.person_id:
        raise NotFoundError
    due = waking_moment(caller.now, rules=dictionaries.rules(session), zone=caller.zone)
    what = asked_for(due, caller)
    if about is None:
        return tell(session, caller, pair, pair.mentor_id, ASKED, what, due_at=due)
    return tell(session, caller, pair, pair.mentor_id, ABOUT, f"{what}:about", due_at=due, text=about)


def within(scope: Scope, pair: Pair) -> bool:
    """Whether the pair is within reach: by the mentee's or by the mentor's municipality."""
    return scope.sees(pair.mentee) or scope.sees(pair.mentor)


def present(session: Session, *, person_id: int) -> Person:
    """Returns who may be brought together with another. Raises NotFoundError, DomainError `person_withdrawn`."""
    person = session.get(Person, person_id)
    if person is None or person.erased_at is not None or person.profile_saved_at is None:
        raise NotFoundError
    refuse_withdrawn(session, person_id)
    return person


def _drop_plans(session: Session, pair: Pair) -> bool:
    """Takes back all that is planned and not yet said; returns whether a meeting was planned."""
    planned = Meeting.pair_id == pair.id, Meeting.status == MeetingStatus.PLANNED
    dropped = session.scalars(moving(Meeting, MeetingStatus.CANCELLED).where(*planned).returning(Meeting.id)).all()
    notices.cancel_prefix(session, prefix=prefix(pair.id))
    return bool(dropped)


def locked(session: Session, pair_id: int, *, status: Collection[PairStatus] = (PairStatus.ACTIVE,)) -> Pair:
    """Locks a pair with its two people until the commit: whoever changes it waits here. Raises NotFoundError."""
    pair = session.scalar(
        select(Pair)
        .where(Pair.id == pair_id)
        .options(joinedload(Pair.mentor), joinedload(Pair.mentee))
        .with_for_update(of=Pair)
        .execution_options(populate_existing=True)
    )
    if pair is None or pair.status not in status:
        raise NotFoundError
    return pair


def _of_two(session: Session, caller: PersonCaller, pair_id: int, *, also: Collection[PairStatus] = ()) -> Pair:
    pair = locked(session, pair_id, status=(*timing.WORKING, *also))
    if caller.person_id not in (pair.mentor_id, pair.mentee_id):
        raise NotFoundError
    return pair


def own_pair(session: Session, mentor_id: int, pair_id: int) -> Pair:
    """Locks a working pair of this mentor. Raises NotFoundError."""
    pair = locked(session, pair_id)
    if pair.mentor_id != mentor_id:
        raise NotFoundError
    return pair
