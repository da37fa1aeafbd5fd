"""What is said to whoever answers for a line of the plan: kinds, keys and parameters of the notices."""

from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from db.caller import Caller
from db.notices import services as notices
from db.plans.models import PlanLine
from db.plans.rules import Slot

NAMED = "plans.named"
DUE = "plans.due"


def prefix(line_id: int, person_id: int) -> str:
    """How the keys of all notices to one person about a line begin."""
    return f"plans:{line_id}:{person_id}:"


def tell_named(session: Session, caller: Caller, line: PlanLine, *, person_id: int) -> None:
    """Tells that one answers for a line now."""
    notices.enqueue(
        session,
        caller,
        key=f"{prefix(line.id, person_id)}named:{int(caller.now.timestamp())}",
        person_id=person_id,
        kind=NAMED,
        params={"line": line.id, "text": line.text, "term": line.term},
    )


def remind(
    session: Session, caller: Caller, line: PlanLine, *, person_id: int, slot: int, of: Slot, due_at: datetime
) -> None:
    """Reminds of a slot before its end; after it the reminder is worth nothing."""
    until = datetime.combine(of.ends, time(), caller.zone)
    notices.put_in(
        session,
        caller,
        key=f"{prefix(line.id, person_id)}due:{slot}:{of.ends:%Y%m%d}",
        person_id=person_id,
        kind=DUE,
        params={"line": line.id, "slot": slot, "text": line.text, "until": until.isoformat()},
        due_at=due_at,
        expires_at=until + timedelta(days=1),
    )
