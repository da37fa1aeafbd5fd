"""One person's surveys: for the file, for the end of a consent and for erasure."""

from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.diagnostics.models import Attempt, Instrument, InstrumentKind, InstrumentVersion
from db.surveys.models import SurveyReply
from db.surveys.queries import as_content

PLACE = 21
_OF_SURVEYS = select(Instrument.id).where(Instrument.kind == InstrumentKind.SURVEY)


def counts(*, person_id: int) -> dict[str, Select[int]]:
    """Returns how many surveys."""
    own = (Attempt.person_id == person_id, Attempt.instrument_id.in_(_OF_SURVEYS))
    return {"surveys": select(func.count()).select_from(Attempt).where(*own)}


def export(session: Session, *, person_id: int) -> dict[str, Any]:
    """Every survey with what was said, in words."""
    found = session.execute(
        select(Attempt, InstrumentVersion.content)
        .join(InstrumentVersion, InstrumentVersion.id == Attempt.version_id)
        .where(Attempt.person_id == person_id, Attempt.instrument_id.in_(_OF_SURVEYS))
        .order_by(Attempt.id)
    ).all()
    return {"surveys": [_survey(session, attempt, content) for attempt, content in found]}


def stop(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Does nothing: an open survey simply waits for its erasure."""
    return {}


def forget(session: Session, caller: Caller, *, person_id: int) -> dict[str, int]:
    """Deletes what was said; the walks go with the self-diagnoses. Sums of groups stay until the group changes."""
    own = select(Attempt.id).where(Attempt.person_id == person_id)
    gone = session.scalars(
        delete(SurveyReply).where(SurveyReply.attempt_id.in_(own)).returning(SurveyReply.attempt_id)
    ).all()
    return {"surveys": len(set(gone))}


def merge(session: Session, caller: Caller, *, kept_id: int, gone_id: int) -> None:
    """Nothing of its own to move: replies belong to walks, and those are moved with the self-diagnoses."""


def _survey(session: Session, attempt: Attempt, kept: dict[str, Any]) -> dict[str, Any]:
    content = as_content(kept)
    replies = session.scalars(
        select(SurveyReply).where(SurveyReply.attempt_id == attempt.id).order_by(SurveyReply.replied_at)
    )
    return {
        "survey": content.title,
        "version": content.version,
        "status": attempt.status.value,
        "started_at": attempt.started_at,
        "completed_at": attempt.completed_at,
        "replies": [
            {
                "question": question.text if (question := content.question(row.question)) else row.question,
                "chosen": [one.text for one in question.options if one.code in row.chosen] if question else row.chosen,
                "words": row.words,
                "replied_at": row.replied_at,
            }
            for row in replies
        ],
    }
