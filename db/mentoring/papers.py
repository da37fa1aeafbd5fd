"""What papers say of a mentor: for each mentee how many meetings were held, without a name."""

from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.caller import Caller
from db.mentoring.models import Meeting, MeetingStatus, Pair
from db.papers import PaperKind, PaperLine, PaperReader


def lines(session: Session, caller: Caller, *, person_id: int, reader: PaperReader) -> Iterator[PaperLine]:
    """Lists the pairs in which the person is the mentor and met; who the mentee is, is the mentee's own."""
    rows = session.execute(
        select(Pair.id, func.min(Meeting.planned_at), func.max(Meeting.planned_at), func.count())
        .join(Meeting, Meeting.pair_id == Pair.id)
        .where(Pair.mentor_id == person_id, Meeting.status == MeetingStatus.HELD)
        .group_by(Pair.id)
        .order_by(Pair.id)
    )
    for pair_id, first, last, times in rows:
        yield PaperLine(PaperKind.MENTORING, last, "", payload=f"pair_{pair_id}", times=times, since=first)
