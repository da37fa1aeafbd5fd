"""What is said to a group's head about its plan: kind, key and parameters of the notice."""

from datetime import datetime, time, timedelta

from sqlalchemy.orm import Session

from db.caller import Caller
from db.notices import services as notices
from db.plans.rules import Slot
from db.workplans.deeds import of_line
from db.workplans.models import WorkplanLine

DUE = "workplans.due"


def remind(
    session: Session, caller: Caller, row: WorkplanLine, *, person_id: int, slot: int, of: Slot, due_at: datetime
) -> None:
    """Reminds of a slot before its end; after it the reminder is worth nothing."""
    until = datetime.combine(of.ends, time(), caller.zone)
    notices.put_in(
        session,
        caller,
        key=f"{of_line(row.group_id, person_id, row.id)}{slot}:{of.ends:%Y%m%d}",
        person_id=person_id,
        kind=DUE,
        params={
            "line": row.id,
            "slot": slot,
            "text": row.text,
            "title": row.group.name,
            "until": until.isoformat(),
        },
        due_at=due_at,
        expires_at=until + timedelta(days=1),
    )
