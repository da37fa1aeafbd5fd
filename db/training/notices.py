"""What a teacher is told of a record of training: that it is counted, or what to mend."""

from sqlalchemy.orm import Session

from db.caller import Caller
from db.notices import services as notices
from db.training.models import TrainingRecord


def prefix(record_id: int) -> str:
    """The beginning of the keys of what is said about one record."""
    return f"training.{record_id}."


def tell(session: Session, caller: Caller, *, row: TrainingRecord, what: str) -> None:
    """Puts the notice `training.<what>` in."""
    notices.cancel_prefix(session, prefix=prefix(row.id))
    notices.enqueue(
        session,
        caller,
        key=f"{prefix(row.id)}{what}.{int(caller.now.timestamp())}",
        person_id=row.person_id,
        kind=f"training.{what}",
        params={"record": row.id, "title": row.title, "remark": row.remark},
    )
