"""What mentors and mentees are reminded of in time. Each step is marked on its row, so it is looked at once."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from db.caller import Caller
from db.dictionaries.rules import Rules
from db.mentoring.models import Meeting, MeetingStatus, Mentor, Pair, PairStatus, ReminderStep
from db.mentoring.notices import DIGEST, HOW_WAS_IT, NUDGED, SILENT, SOON, TOMORROW, notice_params, prefix
from db.mentoring.rules import ASK_AFTER, ASK_WITHIN, DAY_BEFORE, NUDGE_AFTER
from db.notices import services as notices
from db.notices.rules import TWO_HOURS, hours_before, waking_moment

LATER = timedelta(days=7)


def sweep(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Reminds of meetings a day and two hours before, asks how it was, tells a mentor of a short and a long silence.

    After a time off each reminder is said once if it still helps, and is passed over if it does not: of a meeting in
    an hour one hears «soon», not «tomorrow» as well. Who agreed on a time after a reminder's moment gets none.
    """
    _soon(session, caller, rules)
    _tomorrow(session, caller, rules)
    _how_was_it(session, caller, rules)
    _silent(session, caller, rules)


def _soon(session: Session, caller: Caller, rules: Rules) -> None:
    now = caller.now
    for meeting in _planned(session, ReminderStep.HOURS_BEFORE, now, now + TWO_HOURS):
        if meeting.set_at <= meeting.planned_at - TWO_HOURS:
            due = max(now, hours_before(meeting.planned_at, rules=rules, zone=caller.zone))
            _remind(session, caller, meeting, SOON, due_at=due, expires_at=meeting.planned_at)


def _tomorrow(session: Session, caller: Caller, rules: Rules) -> None:
    now = caller.now
    due = waking_moment(now, rules=rules, zone=caller.zone)
    for meeting in _planned(session, ReminderStep.DAY_BEFORE, now + TWO_HOURS, now + DAY_BEFORE):
        if meeting.set_at <= meeting.planned_at - DAY_BEFORE:
            _remind(session, caller, meeting, TOMORROW, due_at=due, expires_at=meeting.planned_at - TWO_HOURS)


def _how_was_it(session: Session, caller: Caller, rules: Rules) -> None:
    now = caller.now
    for meeting in _planned(session, ReminderStep.ASKED, None, now - ASK_AFTER):
        if meeting.planned_at < now - ASK_WITHIN:
            continue
        notices.enqueue(
            session,
            caller,
            key=_key(meeting, "how"),
            person_id=meeting.pair.mentor_id,
            kind=HOW_WAS_IT,
            params=notice_params(meeting.pair, meeting.pair.mentor_id, meeting),
            due_at=waking_moment(now, rules=rules, zone=caller.zone),
            expires_at=meeting.planned_at + ASK_WITHIN,
        )


def _silent(session: Session, caller: Caller, rules: Rules) -> None:
    now, long = caller.now, timedelta(days=rules.mentoring_silence_days)
    for pair in _quiet(session, now, now - long, Pair.silence_noted_at):
        # Whoever hears the second word needs the first no more.
        pair.silence_noted_at = pair.nudged_at = now
        _nudge(session, caller, pair, SILENT, "silent")
    session.flush()
    if long > NUDGE_AFTER:
        for pair in _quiet(session, now, now - NUDGE_AFTER, Pair.nudged_at):
            pair.nudged_at = now
            _nudge(session, caller, pair, NUDGED, "nudged")


def _quiet(
    session: Session, now: datetime, since: datetime, noted: InstrumentedAttribute[datetime | None]
) -> Sequence[Pair]:
    """Working pairs without a meeting since then and without a plan, whose mentor was not told of this gap yet."""
    ahead = exists().where(
        Meeting.pair_id == Pair.id, Meeting.status == MeetingStatus.PLANNED, Meeting.planned_at > now
    )
    return session.scalars(
        select(Pair)
        .where(
            Pair.status == PairStatus.ACTIVE,
            Pair.last_contact_at <= since,
            or_(noted.is_(None), noted < Pair.last_contact_at),
            ~ahead,
        )
        .options(joinedload(Pair.mentor), joinedload(Pair.mentee))
        .order_by(Pair.id)
        .with_for_update(of=Pair, skip_locked=True)
    ).all()


def _nudge(session: Session, caller: Caller, pair: Pair, kind: str, what: str) -> None:
    notices.enqueue(
        session,
        caller,
        key=f"{prefix(pair.id)}{what}:{int(pair.last_contact_at.timestamp())}",
        person_id=pair.mentor_id,
        kind=kind,
        params=notice_params(pair, pair.mentor_id) | {"since": pair.last_contact_at.isoformat()},
        expires_at=caller.now + LATER,
        expected=False,
    )


def digest(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Sums the past week up for mentors who wished it, once a week; numbers alone, for names are in the bot."""
    now = caller.now
    today = now.astimezone(caller.zone).date()
    monday = datetime.combine(today - timedelta(days=today.weekday()), time(), caller.zone)
    due = or_(Mentor.digest_at.is_(None), Mentor.digest_at < monday)
    mentors = session.scalars(
        select(Mentor)
        .where(Mentor.digest.is_(True), due)
        .order_by(Mentor.person_id)
        .with_for_update(of=Mentor, skip_locked=True)
    ).all()
    for mentor in mentors:
        mentor.digest_at = now
        own = Pair.mentor_id == mentor.person_id, Pair.status == PairStatus.ACTIVE
        working = session.scalar(select(func.count()).where(*own)) or 0
        if not working:
            continue
        of_week = Meeting.planned_at >= monday - timedelta(days=7), Meeting.planned_at < monday
        held = select(func.count(Meeting.id)).join(Pair).where(*own, Meeting.status == MeetingStatus.HELD, *of_week)
        quiet = select(func.count()).where(*own, Pair.last_contact_at <= now - NUDGE_AFTER)
        notices.enqueue(
            session,
            caller,
            key=f"{DIGEST}:{mentor.person_id}:{monday.date().isoformat()}",
            person_id=mentor.person_id,
            kind=DIGEST,
            params={
                "mentees": working,
                "held": session.scalar(held) or 0,
                "quiet": session.scalar(quiet) or 0,
            },
            due_at=waking_moment(now, rules=rules, zone=caller.zone),
            expires_at=now + LATER,
        )


def _planned(session: Session, step: ReminderStep, after: datetime | None, until: datetime) -> list[Meeting]:
    """Planned meetings of working pairs in (after, until] that this step was not done for; it is marked as done.

    Rows that somebody is changing are left for the next minute: waiting here could wait for each other.
    """
    query = (
        select(Meeting)
        .join(Pair)
        .where(
            Meeting.status == MeetingStatus.PLANNED,
            Meeting.said < step,
            Meeting.planned_at <= until,
            Pair.status == PairStatus.ACTIVE,
        )
        .options(joinedload(Meeting.pair).options(joinedload(Pair.mentor), joinedload(Pair.mentee)))
        .order_by(Meeting.planned_at, Meeting.id)
        .with_for_update(of=Meeting, skip_locked=True)
    )
    if after is not None:
        query = query.where(Meeting.planned_at > after)
    meetings = list(session.scalars(query))
    for meeting in meetings:
        meeting.said = step
    return meetings


def _remind(
    session: Session,
    caller: Caller,
    meeting: Meeting,
    kind: str,
    *,
    expires_at: datetime,
    due_at: datetime | None = None,
) -> None:
    for person_id, side in ((meeting.pair.mentor_id, "mentor"), (meeting.pair.mentee_id, "mentee")):
        notices.enqueue(
            session,
            caller,
            key=_key(meeting, f"{kind.rpartition('.')[2]}:{side}"),
            person_id=person_id,
            kind=kind,
            params=notice_params(meeting.pair, person_id, meeting),
            due_at=due_at,
            expires_at=expires_at,
        )


def _key(meeting: Meeting, what: str) -> str:
    # The time is in the key: a moved meeting has reminders of its own.
    return f"{prefix(meeting.pair_id)}meeting:{meeting.id}:{int(meeting.planned_at.timestamp())}:{what}"


EVERY_MINUTE = (sweep, digest)
EVERY_HOUR = ()
