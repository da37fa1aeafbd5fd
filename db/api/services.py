"""Notes what programs read."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.api.models import ApiReading, ApiToken
from db.audit import services as audit
from db.caller import StaffCaller
from db.clock import local_day
from db.upsert import insert


def note_reading(
    session: Session, caller: StaffCaller, *, token_id: int, report: str, kind: str, asked: dict[str, str]
) -> None:
    """Counts a reading; the first one of a report on a day is a line of the journal, the others a number beside it.

    A program that asks every minute would fill a journal that nobody may shorten, and what it reads has no person in
    it; that it read, what and how often is still known for each day.
    """
    day = local_day(caller.now, caller.zone)
    times = session.execute(
        insert(session, ApiReading)
        .values(token_id=token_id, day=day, report=report, times=1)
        .on_conflict_do_update(index_elements=["token_id", "day", "report"], set_={"times": ApiReading.times + 1})
        .returning(ApiReading.times)
    ).scalar_one()
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=caller.now))
    if times == 1:
        audit.record(
            session,
            caller,
            action="api.read",
            object_type="api_token",
            object_id=token_id,
            report=report,
            kind=kind,
            asked=asked,
        )
