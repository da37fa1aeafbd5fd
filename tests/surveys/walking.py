"""Helpers: a survey in any region, and walking through it by use cases."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.diagnostics.models import Instrument, InstrumentKind
from db.diagnostics.staff_services import publish
from db.packs import load_pack
from db.surveys import services
from db.surveys.queries import as_content
from db.surveys.rules import Reply
from tests.support import callers


def survey() -> dict[str, Any]:
    """The Terek pack's survey, as its file says it."""
    return next(one for one in load_pack("terek").instruments() if one.get("kind") == InstrumentKind.SURVEY)


def add_survey(session: Session, *, now: datetime, **changes: Any) -> int:
    """Publishes it in a region that has none; returns the instrument."""
    kept = {**survey(), **changes}
    return publish(session, callers.clock(now), content=kept, about=as_content(kept)).instrument_id


def replied(
    session: Session, person_id: int, now: datetime, said: Mapping[str, Sequence[str] | str], key: str = "needs"
) -> int:
    """A whole survey: what is not told of is not answered; returns the attempt."""
    caller = callers.person(person_id, now)
    instrument_id = session.scalars(select(Instrument.id).where(Instrument.key == key)).one()
    step = services.start_or_resume(session, caller, instrument_id=instrument_id)
    for question in step.content.questions:
        found = said.get(question.code, ())
        reply = Reply(words=found) if isinstance(found, str) else Reply(tuple(found))
        services.reply(session, caller, attempt_id=step.attempt_id, question=question.code, said=reply)
    services.finish(session, caller, attempt_id=step.attempt_id)
    return step.attempt_id
