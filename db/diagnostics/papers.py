"""What papers say of a person's self-diagnoses: each with its levels."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.diagnostics.models import Attempt, ComponentScore, Instrument, InstrumentKind
from db.diagnostics.queries import questionnaire
from db.papers import PaperKind, PaperLine, PaperReader


def lines(session: Session, caller: Caller, *, person_id: int, reader: PaperReader) -> Iterator[PaperLine]:
    """Lists closed self-diagnoses; to a methodist those that are open to methodists and may be read."""
    query = (
        select(Attempt)
        .join(Instrument, Instrument.id == Attempt.instrument_id)
        .where(
            Attempt.person_id == person_id,
            Attempt.completed_at.is_not(None),
            Instrument.kind == InstrumentKind.DIAGNOSIS,
        )
        .order_by(Attempt.completed_at, Attempt.id)
    )
    found = [one for one in session.scalars(query) if reader is PaperReader.OWNER or one.readable]
    levels: dict[int, dict[str, float]] = {one.id: {} for one in found}
    for row in session.scalars(select(ComponentScore).where(ComponentScore.attempt_id.in_(levels))):
        if row.level is not None:
            levels[row.attempt_id][row.component] = row.level
    for one in found:
        content = questionnaire(session, version_id=one.version_id)
        known = levels[one.id]
        said = (f"{part.title}: {known[part.code]:.0f}" for part in content.components if part.code in known)
        at = one.completed_at or one.started_at
        yield PaperLine(PaperKind.DIAGNOSIS, at, content.title, note="\n".join(said), payload=f"result_{one.id}")
