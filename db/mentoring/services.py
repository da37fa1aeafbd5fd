"""Pairs and meetings: who may do what, and what the other one hears of it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from db.dictionaries import queries as dictionaries
from db.errors import ConflictError, DomainError, NotFoundError
from db.mentoring import rules as timing
from db.mentoring.models import Meeting, MeetingStatus, Pair, PairStatus, ReminderStep
from db.mentoring.notices import ASKED, CANCELLED, MOVED, PLANNED, prefix, tell
from db.notices import services as notices
from db.notices.rules import TWO_HOURS, waking_moment
from db.people.models import Person
from db.people.staff_services import refuse_withdrawn
from db.scope import Scope


def end(session: Session, pair: Pair, *, now: datetime) -> bool:
    """Ends a locked pair with all that was planned and not yet said. Returns false when it had ended before."""
    if pair.status is not PairStatus.ACTIVE:
        return False
    pair.status, pair.ended_at = PairStatus.FINISHED, now
    session.execute(
        update(Meeting)
        .where(Meeting.pair_id == pair.id, Meeting.status == MeetingStatus.PLANNED)
        .values(status=MeetingStatus.CANCELLED)
    )
    notices.cancel_prefix(session, prefix=prefix(pair.id))
    return True


def plan_meeting(
    session: Session, *, mentor_id: int, pair_id: int, at: datetime, now: datetime, topic: str | None = None
) -> int:
    """The mentor plans a meeting and the mentee hears of it; the same time again is the same meeting.

    Raises NotFoundError, DomainError `mentoring_past`, `mentoring_far`.
    """
    pair = _own_pair(session, mentor_id, pair_id)
    timing.check_moment(at, now=now)
    same = session.scalar(
        select(Meeting.id).where(
            Meeting.pair_id == pair_id, Meeting.planned_at == at, Meeting.status == MeetingStatus.PLANNED
        )
    )
    if same is not None:
        return same
    meeting = Meeting(pair_id=pair_id, planned_at=at, set_at=now, topic=topic)
    session.add(meeting)
    session.flush()
    tell(session, pair, pair.mentee_id, PLANNED, f"meeting:{meeting.id}:planned", now, meeting)
    return meeting.id


def move_meeting(session: Session, *, mentor_id: int, meeting_id: int, at: datetime, now: datetime) -> int:
    """Another time for a planned meeting; reminders begin anew and the mentee hears of it. Answers the pair's id.

    Raises NotFoundError, ConflictError `mentoring_meeting_over`, DomainError `mentoring_past`, `mentoring_far`.
    """
    meeting = _own_meeting(session, mentor_id, meeting_id)
    if meeting.status is not MeetingStatus.PLANNED:
        raise ConflictError("mentoring_meeting_over")
    timing.check_moment(at, now=now)
    if meeting.planned_at != at:
        notices.cancel_prefix(session, prefix=f"{prefix(meeting.pair_id)}meeting:{meeting_id}:")
        meeting.planned_at, meeting.set_at, meeting.said = at, now, ReminderStep.NOTHING
        tell(
            session,
            meeting.pair,
            meeting.pair.mentee_id,
            MOVED,
            f"meeting:{meeting_id}:moved:{now.isoformat()}",
            now,
            meeting,
        )
    return meeting.pair_id


def cancel_meeting(session: Session, *, person_id: int, meeting_id: int, now: datetime) -> int:
    """The mentor or the mentee can't come: the other one hears of it once. Answers the pair's id.

    Raises NotFoundError, ConflictError `mentoring_meeting_over` for one that took place.
    """
    meeting = _own_meeting(session, person_id, meeting_id, mentee_too=True)
    if meeting.status is MeetingStatus.HELD:
        raise ConflictError("mentoring_meeting_over")
    if meeting.status is MeetingStatus.PLANNED:
        meeting.status = MeetingStatus.CANCELLED
        pair = meeting.pair
        other = pair.mentee_id if person_id == pair.mentor_id else pair.mentor_id
        notices.cancel_prefix(session, prefix=f"{prefix(pair.id)}meeting:{meeting_id}:")
        tell(session, pair, other, CANCELLED, f"meeting:{meeting_id}:cancelled", now, meeting)
    return meeting.pair_id


def log_meeting(session: Session, *, mentor_id: int, meeting_id: int, held: bool, now: datetime) -> int:
    """Whether a meeting took place; one that did is the pair's last contact. Answers the pair's id.

    The same answer again changes nothing; a wrong tap may be corrected. Raises NotFoundError, and
    DomainError `mentoring_not_yet` for one that is still ahead (people may meet up to two hours early).
    """
    meeting = _own_meeting(session, mentor_id, meeting_id)
    earliest = now + TWO_HOURS if held else now
    if meeting.planned_at > earliest:
        raise DomainError("mentoring_not_yet")
    wanted = MeetingStatus.HELD if held else MeetingStatus.CANCELLED
    if meeting.status is not wanted or meeting.logged_at is None:
        meeting.status, meeting.logged_at = wanted, now
        notices.cancel_prefix(session, prefix=f"{prefix(meeting.pair_id)}meeting:{meeting_id}:")
        session.flush()
        _renew_contact(session, meeting.pair)
    return meeting.pair_id


def log_unplanned(session: Session, *, mentor_id: int, pair_id: int, now: datetime, zone: ZoneInfo) -> int:
    """They have met without planning it here: a held meeting of today, once a day. Answers the meeting's id."""
    pair = _own_pair(session, mentor_id, pair_id)
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    known = session.scalar(
        select(Meeting.id).where(
            Meeting.pair_id == pair_id,
            Meeting.status == MeetingStatus.HELD,
            Meeting.planned_at >= today,
            Meeting.planned_at < today + timedelta(days=1),
        )
    )
    if known is not None:
        return known
    meeting = Meeting(pair_id=pair_id, planned_at=now, set_at=now, status=MeetingStatus.HELD, logged_at=now)
    session.add(meeting)
    session.flush()
    _renew_contact(session, pair)
    return meeting.id


def write_outcome(session: Session, *, mentor_id: int, meeting_id: int, text: str) -> int:
    """The mentor's note about a held meeting; a later one takes its place. Answers the pair's id.

    Raises NotFoundError, ConflictError `mentoring_meeting_over` for a meeting that did not take place.
    """
    meeting = _own_meeting(session, mentor_id, meeting_id)
    if meeting.status is not MeetingStatus.HELD:
        raise ConflictError("mentoring_meeting_over")
    meeting.outcome = text
    return meeting.pair_id


def ask_for_meeting(session: Session, *, mentee_id: int, pair_id: int, now: datetime, zone: ZoneInfo) -> bool:
    """The mentee would like to meet: the mentor hears of it once a day, in waking hours. Returns false when that
    day has its wish already.
    """
    pair = _locked(session, pair_id)
    if pair.mentee_id != mentee_id:
        raise NotFoundError
    due = waking_moment(now, rules=dictionaries.rules(session), zone=zone)
    day = due.astimezone(zone).date().isoformat()
    return tell(session, pair, pair.mentor_id, ASKED, f"asked:{day}", now, due_at=due)


def within(scope: Scope, pair: Pair) -> bool:
    """Whether the pair is within reach: by the mentee's or by the mentor's municipality."""
    return scope.sees(pair.mentee) or scope.sees(pair.mentor)


def _present(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None or person.erased_at is not None or person.profile_saved_at is None:
        raise NotFoundError
    refuse_withdrawn(session, person_id)
    return person


def _locked(session: Session, pair_id: int) -> Pair:
    pair = session.scalar(
        select(Pair)
        .where(Pair.id == pair_id)
        .options(joinedload(Pair.mentor), joinedload(Pair.mentee))
        .with_for_update(of=Pair)
    )
    if pair is None or pair.status is not PairStatus.ACTIVE:
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


def _renew_contact(session: Session, pair: Pair) -> None:
    last = session.scalar(
        select(Meeting.planned_at)
        .where(Meeting.pair_id == pair.id, Meeting.status == MeetingStatus.HELD)
        .order_by(Meeting.planned_at.desc())
        .limit(1)
    )
    pair.last_contact_at = max(last, pair.started_at) if last else pair.started_at
