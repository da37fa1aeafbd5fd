"""Reminds once of a survey that was begun and not ended; nobody is asked to begin one."""

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.diagnostics import services as diagnostics
from db.diagnostics.models import Attempt, AttemptStatus, Instrument, InstrumentKind
from db.dictionaries.rules import Rules
from db.notices import services as notices
from db.people.models import Person
from db.people.queries import reachable
from db.surveys.models import SurveyReply
from db.surveys.notices import UNFINISHED
from db.surveys.rules import NUDGE_AFTER

SWEEP = 500
WORTH = timedelta(days=7)


def nudge(session: Session, caller: Caller, *, rules: Rules) -> int:
    """Says one word about a survey after two quiet days; returns how many notices are new."""
    quiet_since = caller.now - NUDGE_AFTER
    last = (
        select(func.max(SurveyReply.replied_at))
        .where(SurveyReply.attempt_id == Attempt.id)
        .correlate(Attempt)
        .scalar_subquery()
    )
    due = session.execute(
        select(Attempt, Person.reminders, reachable(Attempt.person_id).label("reachable"))
        .join(Person, Person.id == Attempt.person_id)
        .join(Instrument, Instrument.id == Attempt.instrument_id)
        .where(
            Instrument.kind == InstrumentKind.SURVEY,
            Attempt.status == AttemptStatus.IN_PROGRESS,
            Attempt.reminded_at.is_(None),
            Attempt.started_at <= quiet_since,
            func.coalesce(last, Attempt.started_at) <= quiet_since,
        )
        .order_by(Attempt.started_at)
        .limit(SWEEP)
        .with_for_update(of=Attempt, skip_locked=True)
    ).all()
    new = 0
    for attempt, reminders, hears in due:
        diagnostics.reminded(caller, attempt)
        if reminders and hears:
            new += notices.enqueue(
                session,
                caller,
                key=f"{UNFINISHED}:{attempt.id}",
                person_id=attempt.person_id,
                kind=UNFINISHED,
                params={"attempt_id": attempt.id},
                expires_at=caller.now + WORTH,
                expected=False,
            )
    return new


EVERY_MINUTE = (nudge,)
EVERY_HOUR = ()
