"""What papers say of a person's courses elsewhere: those whose document a methodist confirmed."""

from collections.abc import Iterator
from datetime import UTC, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.papers import PaperKind, PaperLine, PaperReader
from db.training.models import TrainingRecord, TrainingStatus


def lines(session: Session, caller: Caller, *, person_id: int, reader: PaperReader) -> Iterator[PaperLine]:
    """Lists confirmed records that have a day, with the document's number."""
    found = session.scalars(
        select(TrainingRecord)
        .where(
            TrainingRecord.person_id == person_id,
            TrainingRecord.status == TrainingStatus.CONFIRMED,
            TrainingRecord.issued_on.is_not(None),
        )
        .order_by(TrainingRecord.issued_on, TrainingRecord.id)
    )
    for one in found:
        if one.issued_on is None:
            continue
        at = datetime.combine(one.issued_on, time(12), caller.zone).astimezone(UTC)
        told = (one.organisation, one.document)
        yield PaperLine(PaperKind.COURSE, at, one.title, note=", ".join(part for part in told if part), hours=one.hours)
