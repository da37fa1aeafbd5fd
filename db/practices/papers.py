"""What papers say of a person's practices: those that are published, and others' that one applied."""

from collections.abc import Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller
from db.papers import PaperKind, PaperLine, PaperReader
from db.practices.models import Practice, PracticeAuthor, PracticeTrial
from db.practices.rules import FOUND


def lines(session: Session, caller: Caller, *, person_id: int, reader: PaperReader) -> Iterator[PaperLine]:
    """Lists the published practices of an author, then what one applied; a line on it is one's own words."""
    further = select(PracticeAuthor.practice_id).where(PracticeAuthor.person_id == person_id)
    written = select(Practice).where(
        Practice.status.in_(FOUND),
        Practice.decided_at.is_not(None),
        or_(Practice.proposer_id == person_id, Practice.id.in_(further)),
    )
    for row in session.scalars(written.order_by(Practice.decided_at, Practice.id)):
        if row.decided_at is not None:
            components = tuple(row.component_codes)
            yield PaperLine(
                PaperKind.PRACTICE,
                row.decided_at,
                row.title,
                note=row.audience,
                payload=f"practice_{row.id}",
                components=components,
            )
    applied = (
        select(PracticeTrial)
        .where(PracticeTrial.person_id == person_id, PracticeTrial.applied_at.is_not(None))
        .options(joinedload(PracticeTrial.practice))
        .order_by(PracticeTrial.applied_at, PracticeTrial.id)
    )
    for trial in session.scalars(applied):
        if trial.applied_at is not None:
            note, row = trial.word if reader is PaperReader.OWNER else "", trial.practice
            yield PaperLine(
                PaperKind.APPLIED,
                trial.applied_at,
                row.title,
                note=note,
                payload=f"practice_{row.id}",
                components=tuple(row.component_codes),
            )
