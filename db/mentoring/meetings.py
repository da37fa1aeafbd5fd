"""Plans, moves, cancels and logs meetings of a mentoring pair, singly or as a series, and tells the other one."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from db.caller import Caller, PersonCaller
from db.diary import services as diary
from db.diary.models import DiarySource
from db.dictionaries import queries as dictionaries
from db.errors import ConflictError, DomainError, NotFoundError, StaleError
from db.mentoring import rules as timing
from db.mentoring.models import Meeting, MeetingKind, MeetingSeries, MeetingStatus, Pair, ReminderStep
from db.mentoring.notices import (
    CALENDAR,
    CANCELLED,
    MOVED,
    PLANNED,
    SERIES,
    SERIES_CANCELLED,
    SERIES_MOVED,
    notice_params,
    prefix,
    tell,
)
from db.mentoring.services import locked, own_pair
from db.notices import services as notices
from db.notices.rules import TWO_HOURS
from db.transitions import move


def plan_meeting(
    session: Session, caller: PersonCaller, *, pair_id: int, at: datetime, topic: str | None = None
) -> int:
    """Plans a meeting for the mentor and tells the mentee; the same time again is the same meeting. Returns its id.

    Raises NotFoundError, DomainError `mentoring_past`, `mentoring_far`.
    """
    pair = own_pair(session, caller.person_id, pair_id)
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


def plan_series(
    session: Session, caller: PersonCaller, *, pair_id: int, at: datetime, weeks: int, until: date
) -> tuple[int, int]:
    """Plans a meeting and its series at once. Returns the first one's id and how many there are.

    Raises as `plan_meeting` and `repeat_meeting`.
    """
    meeting_id = plan_meeting(session, caller, pair_id=pair_id, at=at)
    return meeting_id, repeat_meeting(session, caller, meeting_id=meeting_id, weeks=weeks, until=until)


def repeat_meeting(session: Session, caller: PersonCaller, *, meeting_id: int, weeks: int, until: date) -> int:
    """Has a planned meeting come back every so many weeks until a day, on no holiday; the mentee hears of it once.

    The same again changes nothing, another day or rhythm shapes the rest anew. Returns how many meetings lie ahead.
    Raises NotFoundError, ConflictError `mentoring_meeting_over`, DomainError `mentoring_series_end`, `mentoring_far`.
    """
    meeting = _own_meeting(session, caller.person_id, meeting_id)
    _check_ahead(meeting, caller)
    first = meeting.planned_at.astimezone(caller.zone).date()
    timing.check_series(first, weeks=weeks, until=until, today=caller.now.astimezone(caller.zone).date())
    series = meeting.series
    if series is None:
        series = meeting.series = MeetingSeries(pair_id=meeting.pair_id, weeks=weeks, until=until)
    series.weeks, series.until = weeks, until
    session.flush()
    ahead, changed = _shape(session, caller, meeting, series)
    if changed:
        # One word of the whole row: what of its first day has not been heard yet is in it.
        notices.cancel_prefix(session, prefix=f"{prefix(meeting.pair_id)}meeting:{meeting_id}:", kinds=(PLANNED, MOVED))
        _tell_of_series(session, caller, meeting, meeting.pair.mentee_id, SERIES, count=ahead)
    return ahead


def move_meeting(session: Session, caller: PersonCaller, *, meeting_id: int, at: datetime) -> int:
    """Moves a planned meeting; reminders begin anew and the mentee hears of it. Returns the pair's id.

    Raises NotFoundError, ConflictError `mentoring_meeting_over`, DomainError `mentoring_past`, `mentoring_far`.
    """
    meeting = _own_meeting(session, caller.person_id, meeting_id)
    if meeting.status is not MeetingStatus.PLANNED:
        raise ConflictError("mentoring_meeting_over")
    timing.check_moment(at, now=caller.now)
    if _put(session, caller, meeting, at):
        what = f"meeting:{meeting_id}:moved:{caller.now.isoformat()}"
        tell(session, caller, meeting.pair, meeting.pair.mentee_id, MOVED, what, meeting)
    return meeting.pair_id


def move_series(session: Session, caller: PersonCaller, *, meeting_id: int) -> int:
    """Moves the later meetings of a series to the weekday and hour of this one; the mentee hears of it once.

    Returns the pair's id. Raises NotFoundError, ConflictError `mentoring_meeting_over`, StaleError for
    a meeting of no series.
    """
    meeting = _own_meeting(session, caller.person_id, meeting_id)
    _check_ahead(meeting, caller)
    if meeting.series is None:
        raise StaleError
    ahead, changed = _shape(session, caller, meeting, meeting.series)
    if changed:
        notices.cancel_prefix(session, prefix=f"{prefix(meeting.pair_id)}meeting:{meeting_id}:", kinds=(MOVED,))
        _tell_of_series(session, caller, meeting, meeting.pair.mentee_id, SERIES_MOVED, count=ahead)
    return meeting.pair_id


def cancel_series(session: Session, caller: PersonCaller, *, meeting_id: int) -> int:
    """Cancels a meeting and all later ones of its series, for the mentor or the mentee; the other one hears of it once.

    Returns the pair's id. Raises NotFoundError, ConflictError `mentoring_meeting_over` for one that took place,
    StaleError for a meeting of no series.
    """
    meeting = _own_meeting(session, caller.person_id, meeting_id, mentee_too=True)
    if meeting.status is MeetingStatus.CANCELLED:
        return meeting.pair_id
    if meeting.status is MeetingStatus.HELD:
        raise ConflictError("mentoring_meeting_over")
    if meeting.series is None:
        raise StaleError
    gone = [meeting, *_later(session, meeting)]
    other = meeting.pair.other_than(caller.person_id)
    _tell_of_series(session, caller, meeting, other, SERIES_CANCELLED, count=len(gone))
    meeting.series.until = meeting.planned_at.astimezone(caller.zone).date()
    for one in gone:
        _call_off(session, one)
        one.series = None  # a series of these days may be planned anew
    return meeting.pair_id


def cancel_meeting(session: Session, caller: PersonCaller, *, meeting_id: int) -> int:
    """Cancels a meeting for the mentor or the mentee; the other one hears of it once. Returns the pair's id.

    Raises NotFoundError, ConflictError `mentoring_meeting_over` for one that took place.
    """
    meeting = _own_meeting(session, caller.person_id, meeting_id, mentee_too=True)
    if meeting.status is MeetingStatus.HELD:
        raise ConflictError("mentoring_meeting_over")
    if meeting.status is MeetingStatus.PLANNED:
        _call_off(session, meeting)
        pair = meeting.pair
        other = pair.other_than(caller.person_id)
        tell(session, caller, pair, other, CANCELLED, f"meeting:{meeting_id}:cancelled", meeting)
    return meeting.pair_id


def log_meeting(session: Session, caller: PersonCaller, *, meeting_id: int, held: bool, first: bool = False) -> int:
    """Logs whether a meeting took place; one that did is the pair's last contact. Returns the pair's id.

    The same answer again changes nothing; a wrong tap may be corrected, but not by the `first` question, which stays in
    the chat. Raises NotFoundError, StaleError, DomainError `mentoring_not_yet` for one that is still
    ahead (people may meet up to two hours early).
    """
    meeting = _own_meeting(session, caller.person_id, meeting_id)
    earliest = caller.now + TWO_HOURS if held else caller.now
    if meeting.planned_at > earliest:
        raise DomainError("mentoring_not_yet")
    wanted = MeetingStatus.HELD if held else MeetingStatus.CANCELLED
    if first and meeting.logged_at is not None and meeting.status is not wanted:
        raise StaleError
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

    Raises NotFoundError, StaleError for a day ahead, before the pair, or too long ago.
    """
    pair = own_pair(session, caller.person_id, pair_id)
    local, began = caller.now.astimezone(caller.zone), pair.started_at.astimezone(caller.zone).date()
    if not max(began, local.date() - timing.LOGGED_WITHIN) <= day <= local.date():
        raise StaleError
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


def undo(session: Session, caller: PersonCaller, *, meeting_id: int) -> int:
    """Removes a meeting that was logged without a plan, as if it had not been written. Returns the pair's id.

    Raises NotFoundError, ConflictError `mentoring_meeting_over` for one that had been planned.
    """
    meeting = _own_meeting(session, caller.person_id, meeting_id)
    if not meeting.unplanned:
        raise ConflictError("mentoring_meeting_over")
    diary.remove(session, caller, source=_source(meeting), source_id=meeting_id)
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


def order_calendar(session: Session, caller: PersonCaller, *, pair_id: int, request: str) -> bool:
    """Owes one of the pair its planned meetings as a calendar file, once for a request. Raises NotFoundError."""
    if caller.person_id not in ((pair := locked(session, pair_id)).mentor_id, pair.mentee_id):
        raise NotFoundError
    return notices.owe(
        session,
        caller,
        key=f"{prefix(pair_id)}{CALENDAR}.{caller.person_id}.{request}",
        person_id=caller.person_id,
        kind=CALENDAR,
        params={"pair": pair_id},
    )


def _check_ahead(meeting: Meeting, caller: PersonCaller) -> None:
    if meeting.status is not MeetingStatus.PLANNED or meeting.planned_at <= caller.now:
        raise ConflictError("mentoring_meeting_over")


def _put(session: Session, caller: PersonCaller, meeting: Meeting, at: datetime) -> bool:
    """Gives a planned meeting another moment, its reminders begin anew. Returns whether it is another."""
    if meeting.planned_at == at:
        return False
    notices.cancel_prefix(session, prefix=f"{prefix(meeting.pair_id)}meeting:{meeting.id}:")
    meeting.planned_at, meeting.set_at, meeting.said = at, caller.now, ReminderStep.NOTHING
    return True


def _call_off(session: Session, meeting: Meeting) -> None:
    move(meeting, MeetingStatus.CANCELLED)
    notices.cancel_prefix(session, prefix=f"{prefix(meeting.pair_id)}meeting:{meeting.id}:")


def _later(session: Session, meeting: Meeting) -> Sequence[Meeting]:
    """Locks the planned meetings of a series after one of them; the pair is locked already."""
    later = (
        Meeting.series_id == meeting.series_id,
        Meeting.planned_at > meeting.planned_at,
        Meeting.status == MeetingStatus.PLANNED,
    )
    return session.scalars(select(Meeting).where(*later).order_by(Meeting.planned_at).with_for_update()).all()


def _shape(session: Session, caller: PersonCaller, meeting: Meeting, series: MeetingSeries) -> tuple[int, int]:
    """Puts the later meetings of a series on its days, makes those that lack and drops those that are too many.

    A day that was called off or held already is left alone, and so is a moment of another meeting of the pair. Returns
    how many lie ahead, this one included, and how many changed.
    """
    session.flush()
    later = list(_later(session, meeting))
    local = meeting.planned_at.astimezone(caller.zone)
    days = timing.series_days(local.date(), weeks=series.weeks, until=series.until, rules=dictionaries.rules(session))
    kept = {one.id for one in later}
    called_off = Meeting.status == MeetingStatus.CANCELLED
    others = select(Meeting.id, Meeting.planned_at).where(
        Meeting.pair_id == meeting.pair_id, or_(~called_off, Meeting.series_id == series.id)
    )
    taken = {row.planned_at for row in session.execute(others) if row.id not in kept}
    wanted = [
        at for day in days if (at := datetime.combine(day, local.time(), caller.zone).astimezone(UTC)) not in taken
    ]
    changed = sum(_put(session, caller, one, at) for one, at in zip(later, wanted, strict=False))
    for one in later[len(wanted) :]:
        notices.cancel_prefix(session, prefix=f"{prefix(one.pair_id)}meeting:{one.id}:")
        session.delete(one)
    for at in wanted[len(later) :]:
        session.add(Meeting(pair_id=meeting.pair_id, series_id=series.id, planned_at=at, set_at=caller.now))
    session.flush()
    return len(wanted) + 1, changed + abs(len(wanted) - len(later))


def _tell_of_series(
    session: Session, caller: PersonCaller, meeting: Meeting, person_id: int, kind: str, *, count: int
) -> None:
    series = meeting.series
    if series is None:
        raise StaleError
    notices.enqueue(
        session,
        caller,
        key=f"{prefix(meeting.pair_id)}series:{series.id}:{kind}:{caller.now.isoformat()}",
        person_id=person_id,
        kind=kind,
        params=notice_params(meeting.pair, person_id, meeting)
        | {"weeks": series.weeks, "ends": series.until.isoformat(), "count": count},
    )


def _own_meeting(session: Session, person_id: int, meeting_id: int, *, mentee_too: bool = False) -> Meeting:
    pair_id = session.scalar(select(Meeting.pair_id).where(Meeting.id == meeting_id))
    if pair_id is None:
        raise NotFoundError
    # The pair is locked first, always: whoever changes a meeting or ends the pair waits here.
    pair = locked(session, pair_id)
    if person_id != pair.mentor_id and not (mentee_too and person_id == pair.mentee_id):
        raise NotFoundError
    return session.get_one(Meeting, meeting_id, with_for_update=True, populate_existing=True)


def _into_diary(session: Session, caller: Caller, meeting: Meeting) -> None:
    """Writes a held meeting into the mentor's diary, without a word of what it was about, or takes the line back."""
    if meeting.status is not MeetingStatus.HELD:
        diary.remove(session, caller, source=_source(meeting), source_id=meeting.id)
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
