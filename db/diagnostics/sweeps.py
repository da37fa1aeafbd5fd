"""Reminds of unfinished self-diagnoses and of the time to repeat one."""

from datetime import timedelta

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from db.caller import Caller
from db.diagnostics import rules as scoring
from db.diagnostics.blocks import publish
from db.diagnostics.models import Answer, Attempt, AttemptStatus, Instrument, InstrumentKind
from db.diagnostics.notices import RETEST, UNFINISHED
from db.dictionaries.rules import Rules
from db.notices import services as notices
from db.people.models import Person
from db.people.queries import reachable

SWEEP = 500
NUDGE_WORTH = timedelta(days=7)
REMINDER_WORTH = timedelta(days=14)
_DIAGNOSES = Attempt.instrument_id.in_(select(Instrument.id).where(Instrument.kind == InstrumentKind.DIAGNOSIS))
_HEARS = and_(Person.reminders, reachable(Attempt.person_id))


def sweep(session: Session, caller: Caller, *, rules: Rules) -> int:
    """Reminds of unfinished attempts and of the time for the next self-diagnosis.

    One word about an unfinished attempt after two quiet days, one about the next self-diagnosis after the rules' half a
    year. Returns how many notices are new; dealt-with attempts are marked.
    """
    return _nudge_unfinished(session, caller) + _remind_of_retest(session, caller, rules)


def _nudge_unfinished(session: Session, caller: Caller) -> int:
    quiet_since = caller.now - scoring.NUDGE_AFTER
    last_answer = (
        select(func.max(Answer.answered_at)).where(Answer.attempt_id == Attempt.id).correlate(Attempt).scalar_subquery()
    )
    due = session.execute(
        select(Attempt, _HEARS)
        .join(Person, Person.id == Attempt.person_id)
        .where(
            _DIAGNOSES,
            Attempt.status == AttemptStatus.IN_PROGRESS,
            Attempt.reminded_at.is_(None),
            Attempt.started_at <= quiet_since,
            func.coalesce(last_answer, Attempt.started_at) <= quiet_since,
        )
        .order_by(Attempt.started_at)
        .limit(SWEEP)
        .with_for_update(of=Attempt, skip_locked=True)
    ).all()
    new = 0
    for attempt, hears in due:
        attempt.reminded_at = caller.now
        new += hears and _say(session, caller, attempt, UNFINISHED, NUDGE_WORTH)
    return new


def _remind_of_retest(session: Session, caller: Caller, rules: Rules) -> int:
    since = caller.now - timedelta(days=rules.retest_reminder_days)
    later = aliased(Attempt)
    superseded = exists().where(
        later.person_id == Attempt.person_id,
        later.instrument_id == Attempt.instrument_id,
        later.started_at > Attempt.started_at,
    )
    due = session.execute(
        select(Attempt, and_(_HEARS, ~superseded))
        .join(Person, Person.id == Attempt.person_id)
        .where(
            _DIAGNOSES,
            Attempt.status == AttemptStatus.COMPLETED,
            Attempt.reminded_at.is_(None),
            Attempt.started_at <= since,
            Attempt.completed_at <= since,
        )
        .order_by(Attempt.started_at)
        .limit(SWEEP)
        .with_for_update(of=Attempt, skip_locked=True)
    ).all()
    new = 0
    for attempt, hears in due:
        attempt.reminded_at = caller.now
        new += hears and _say(session, caller, attempt, RETEST, REMINDER_WORTH)
    return new


def _say(session: Session, caller: Caller, attempt: Attempt, kind: str, worth: timedelta) -> bool:
    """Nobody asked for it, so it keeps quiet hours."""
    return notices.enqueue(
        session,
        caller,
        key=f"{kind}:{attempt.id}",
        person_id=attempt.person_id,
        kind=kind,
        params={"attempt_id": attempt.id},
        expires_at=caller.now + worth,
        expected=False,
    )


def publish_results(session: Session, caller: Caller, *, rules: Rules) -> int:
    """Puts into the reports what has waited, a portion at a time: an upgrade of a large region takes some hours."""
    return publish(session, caller)


EVERY_MINUTE = (sweep, publish_results)
EVERY_HOUR = ()
