"""Plans, moves, cancels and logs meetings of a mentoring pair, and tells the other one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller, PersonCaller
from db.diary import services as diary
from db.diary.models import DiarySource
from db.dictionaries import queries as dictionaries
from db.errors import ConflictError, DomainError, NotFoundError
from db.mentoring import rules as timing
from db.mentoring.models import EndReason, Meeting, MeetingKind, MeetingStatus, Pair, PairSide, PairStatus, ReminderStep
from db.mentoring.notices import (
    ABOUT,
    ASKED,
    CANCELLED,
    DECLINED,
    FINISHED,
    MOVED,
    PAUSED,
    PLANNED,
    RESUMED,
    asked_for,
    prefix,
    tell,
)
from db.notices import services as notices
from db.notices.rules import TWO_HOURS, waking_moment
from db.people.models import Person
from db.people.staff_services import refuse_withdrawn
from db.scope import Scope
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


def rest(session: Session, caller: Caller, *, pair: Pair) -> bool:
    """Has a locked pair rest. Returns false when it does. Raises ConflictError `mentoring_pair_moved`."""
    if pair.status is PairStatus.PAUSED:
        return False
    move(pair, PairStatus.PAUSED)
    _drop_plans(session, pair)
    return True


def work_again(session: Session, caller: Caller, *, pair: Pair) -> bool:
    """Has a locked pair work after a rest. Returns false when it does. Raises ConflictError `mentoring_pair_moved`."""
    if pair.status is PairStatus.ACTIVE:
        return False
    if pair.status is not PairStatus.PAUSED:
        raise ConflictError("mentoring_pair_moved")
    move(pair, PairStatus.ACTIVE)
    pair.resumed_at = pair.last_contact_at = caller.now
    notices.cancel_prefix(session, prefix=prefix(pair.id))
    return True


def pause(session: Session, caller: PersonCaller, *, pair_id: int, on: bool) -> None:
    """Has one's own pair rest, or work again; the other one hears of it. Twice is once.

    Raises NotFoundError for another's pair and one that has ended.
    """
    pair = _of_two(session, caller, pair_id)
    if rest(session, caller, pair=pair) if on else work_again(session, caller, pair=pair):
        kind = PAUSED if on else RESUMED
        tell(session, caller, pair, pair.other_than(caller.person_id), kind, f"{kind}:{caller.now.isoformat()}")


def part(session: Session, caller: PersonCaller, *, pair_id: int, reason: EndReason) -> None:
    """Ends one's own pair that did not work out; why is kept for the methodist, the other one hears that it ended.

    Twice is once. Raises NotFoundError for another's pair and one that ended otherwise.
    """
    pair = _of_two(session, caller, pair_id, also=(PairStatus.BROKEN_OFF,))
    if (ended := end(session, caller, pair=pair, to=PairStatus.BROKEN_OFF)) is not None:
        pair.end_reason = reason
        tell(session, caller, pair, pair.other_than(caller.person_id), ended.kind, "finished:parted")


def plan_meeting(
    session: Session, caller: PersonCaller, *, pair_id: int, at: datetime, topic: str | None = None
) -> int:
    """Plans a meeting for the mentor and tells the mentee; the same time again is the same meeting. Returns its id.

    Raises NotFoundError, DomainError `mentoring_past`, `mentoring_far`.
    """
    pair = _own_pair(session, caller.person_id, pair_id)
    timing.check_moment(at, now=caller.now)
    same = session.scalar(
        select(Meeting.id).where(
            Meeting.pair_id == pair_id, Meeting.planned_at == at, Meeting.status == MeetingStatus.PLANNED
        )
    )
    if same is not None:
        return same
    meeting = Meeting(pair_id=pair_id, planned_at=at, set_at=caller.now, topic=topic)
    session.add(meeting)
    session.flush()
    tell(session, caller, pair, pair.mentee_id, PLANNED, f"meeting:{meeting.id}:planned", meeting)
    return meeting.id


def move_meeting(session: Session, caller: PersonCaller, *, meeting_id: int, at: datetime) -> int:
    """Moves a planned meeting; reminders begin anew and the mentee hears of it. Returns the pair's id.

    Raises NotFoundError, ConflictError `mentoring_meeting_over`, DomainError `mentoring_past`, `mentoring_far`.
    """
    meeting = _own_meeting(session, caller.person_id, meeting_id)
    if meeting.status is not MeetingStatus.PLANNED:
        raise ConflictError("mentoring_meeting_over")
    timing.check_moment(at, now=caller.now)
    if meeting.planned_at != at:
        notices.cancel_prefix(session, prefix=f"{prefix(meeting.pair_id)}meeting:{meeting_id}:")
        meeting.planned_at, meeting.set_at, meeting.said = at, caller.now, ReminderStep.NOTHING
        tell(
            session,
            caller,
            meeting.pair,
            meeting.pair.mentee_id,
            MOVED,
            f"meeting:{meeting_id}:moved:{caller.now.isoformat()}",
            meeting,
        )
    return meeting.pair_id


def cancel_meeting(session: Session, caller: PersonCaller, *, meeting_id: int) -> int:
    """Cancels a meeting for the mentor or the mentee; the other one hears of it once. Returns the pair's id.

    Raises NotFoundError, ConflictError `mentoring_meeting_over` for one that took place.
    """
    meeting = _own_meeting(session, caller.person_id, meeting_id, mentee_too=True)
    if meeting.status is MeetingStatus.HELD:
        raise ConflictError("mentoring_meeting_over")
    if meeting.status is MeetingStatus.PLANNED:
        move(meeting, MeetingStatus.CANCELLED)
        pair = meeting.pair
        other = pair.mentee_id if caller.person_id == pair.mentor_id else pair.mentor_id
        notices.cancel_prefix(session, prefix=f"{prefix(pair.id)}meeting:{meeting_id}:")
        tell(session, caller, pair, other, CANCELLED, f"meeting:{meeting_id}:cancelled", meeting)
    return meeting.pair_id


def log_meeting(session: Session, caller: PersonCaller, *, meeting_id: int, held: bool, first: bool = False) -> int:
    """Logs whether a meeting took place; one that did is the pair's last contact. Returns the pair's id.

    The same answer again changes nothing; a wrong tap may be corrected, but not by the `first` question, which stays in
    the chat. Raises NotFoundError, and DomainError `stale_button`, `mentoring_not_yet` for one that is still ahead
    (people may meet up to two hours early).
    """
    meeting = _own_meeting(session, caller.person_id, meeting_id)
    earliest = caller.now + TWO_HOURS if held else caller.now
    if meeting.planned_at > earliest:
        raise DomainError("mentoring_not_yet")
    wanted = MeetingStatus.HELD if held else MeetingStatus.CANCELLED
    if first and meeting.logged_at is not None and meeting.status is not wanted:
        raise DomainError("stale_button")
    if meeting.status is not wanted or meeting.logged_at is None:
        if meeting.status is not wanted:
            move(meeting, wanted)
        meeting.logged_at = caller.now
        notices.cancel_prefix(session, prefix=f"{prefix(meeting.pair_id)}meeting:{meeting_id}:")
        session.flush()
        _renew_contact(session, meeting.pair)
        _into_diary(session, caller, meeting)
    return meeting.pair_id


def log_unplanned(session: Session, caller: PersonCaller, *, pair_id: int, day: date) -> int:
    """Logs a meeting that was not planned here, once for each local day. Returns the meeting's id.

    Raises NotFoundError, DomainError `stale_button` for a day ahead, before the pair, or too long ago.
    """
    pair = _own_pair(session, caller.person_id, pair_id)
    local, began = caller.now.astimezone(caller.zone), pair.started_at.astimezone(caller.zone).date()
    if not max(began, local.date() - timing.LOGGED_WITHIN) <= day <= local.date():
        raise DomainError("stale_button")
    midnight = datetime.combine(day, time(), caller.zone)
    known = session.scalar(
        select(Meeting.id).where(
            Meeting.pair_id == pair_id,
            Meeting.status == MeetingStatus.HELD,
            Meeting.planned_at >= midnight,
            Meeting.planned_at < midnight + timedelta(days=1),
        )
    )
    if known is not None:
        return known
    # Nobody is asked for the hour of a day gone by.
    at = caller.now if day == local.date() else max(midnight + timedelta(hours=12), pair.started_at)
    meeting = Meeting(
        pair_id=pair_id, planned_at=at, set_at=caller.now, status=MeetingStatus.HELD, logged_at=caller.now
    )
    session.add(meeting)
    session.flush()
    _renew_contact(session, pair)
    _into_diary(session, caller, meeting)
    return meeting.id


def take_back(session: Session, caller: PersonCaller, *, meeting_id: int) -> int:
    """Removes a meeting that was logged without a plan, as if it had not been written. Returns the pair's id.

    Raises NotFoundError, ConflictError `mentoring_meeting_over` for one that had been planned.
    """
    meeting = _own_meeting(session, caller.person_id, meeting_id)
    if not meeting.unplanned:
        raise ConflictError("mentoring_meeting_over")
    diary.take_back(session, caller, source=_source(meeting), source_id=meeting_id)
    session.delete(meeting)
    session.flush()
    _renew_contact(session, meeting.pair)
    return meeting.pair_id


def write_outcome(session: Session, caller: PersonCaller, *, meeting_id: int, text: str) -> int:
    """Keeps the mentor's note about a held meeting; a later one takes its place. Returns the pair's id.

    Raises NotFoundError, ConflictError `mentoring_meeting_over` for a meeting that did not take place.
    """
    meeting = _own_meeting(session, caller.person_id, meeting_id)
    if meeting.status is not MeetingStatus.HELD:
        raise ConflictError("mentoring_meeting_over")
    meeting.outcome = text
    return meeting.pair_id


def put_kind(session: Session, caller: PersonCaller, *, meeting_id: int, kind: MeetingKind) -> int:
    """Says that a meeting is a visit to a lesson, or a talk after all; the diary says the same. Returns the pair's id.

    Raises NotFoundError, ConflictError `mentoring_meeting_over` for one that did not take place.
    """
    meeting = _own_meeting(session, caller.person_id, meeting_id)
    if meeting.status is MeetingStatus.CANCELLED:
        raise ConflictError("mentoring_meeting_over")
    if meeting.kind is not kind:
        before = _source(meeting)
        meeting.kind = kind
        diary.turn(session, caller, source=before, into=_source(meeting), source_id=meeting_id)
        if meeting.status is MeetingStatus.HELD:
            _into_diary(session, caller, meeting)
    return meeting.pair_id


def write_goals(session: Session, caller: PersonCaller, *, pair_id: int, text: str) -> None:
    """Keeps what the two have agreed to come to; later goals take their place. Raises NotFoundError."""
    _own_pair(session, caller.person_id, pair_id).goals = text


def ask_for_meeting(session: Session, caller: PersonCaller, *, pair_id: int, about: str | None = None) -> bool:
    """Tells the mentor once a day, in waking hours, that the mentee would like to meet, and once what about.

    Returns whether it is new. Raises NotFoundError.
    """
    pair = _locked(session, pair_id)
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


def _drop_plans(session: Session, pair: Pair) -> None:
    planned = Meeting.status == MeetingStatus.PLANNED
    session.execute(moving(Meeting, MeetingStatus.CANCELLED).where(Meeting.pair_id == pair.id, planned))
    notices.cancel_prefix(session, prefix=prefix(pair.id))


def _locked(session: Session, pair_id: int, *, status: Collection[PairStatus] = (PairStatus.ACTIVE,)) -> Pair:
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
    pair = _locked(session, pair_id, status=(*timing.WORKING, *also))
    if caller.person_id not in (pair.mentor_id, pair.mentee_id):
        raise NotFoundError
    return pair


def _own_pair(session: Session, mentor_id: int, pair_id: int) -> Pair:
    pair = _locked(session, pair_id)
    if pair.mentor_id != mentor_id:
        raise NotFoundError
    return pair


def _own_meeting(session: Session, person_id: int, meeting_id: int, *, mentee_too: bool = False) -> Meeting:
    pair_id = session.scalar(select(Meeting.pair_id).where(Meeting.id == meeting_id))
    if pair_id is None:
        raise NotFoundError
    # The pair is locked first, always: whoever changes a meeting or ends the pair waits here.
    pair = _locked(session, pair_id)
    if person_id != pair.mentor_id and not (mentee_too and person_id == pair.mentee_id):
        raise NotFoundError
    return session.get_one(Meeting, meeting_id, with_for_update=True, populate_existing=True)


def _into_diary(session: Session, caller: Caller, meeting: Meeting) -> None:
    """Writes a held meeting into the mentor's diary, without a word of what it was about, or takes the line back."""
    if meeting.status is not MeetingStatus.HELD:
        diary.take_back(session, caller, source=_source(meeting), source_id=meeting.id)
        return
    diary.note(
        session,
        caller,
        person_id=meeting.pair.mentor_id,
        source=_source(meeting),
        source_id=meeting.id,
        on=meeting.planned_at.astimezone(caller.zone).date(),
    )


def _source(meeting: Meeting) -> DiarySource:
    return DiarySource.VISIT if meeting.kind is MeetingKind.VISIT else DiarySource.MEETING


def _renew_contact(session: Session, pair: Pair) -> None:
    last = session.scalar(
        select(Meeting.planned_at)
        .where(Meeting.pair_id == pair.id, Meeting.status == MeetingStatus.HELD)
        .order_by(Meeting.planned_at.desc())
        .limit(1)
    )
    pair.last_contact_at = max(one for one in (last, pair.started_at, pair.resumed_at) if one is not None)
