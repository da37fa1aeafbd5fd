"""What is said to an active member: kinds, keys and parameters of the notices."""

from datetime import datetime, time

from sqlalchemy.orm import Session

from db.active.models import Membership
from db.caller import Caller
from db.dictionaries.rules import Rules
from db.notices import services as notices
from db.notices.rules import waking_moment
from db.people.queries import addresses

OVER = "active.over"


def tell_over(session: Session, caller: Caller, row: Membership, *, rules: Rules) -> None:
    """Tells whoever uses the bot that the term is over, in waking hours."""
    if not addresses(session, person_id=row.person_id):
        return
    last = datetime.combine(row.until or caller.now.date(), time(12), caller.zone)
    notices.enqueue(
        session,
        caller,
        key=f"{OVER}:{row.id}",
        person_id=row.person_id,
        kind=OVER,
        params={"direction": row.direction.name if row.direction else "", "until": last.isoformat()},
        due_at=waking_moment(caller.now, rules=rules, zone=caller.zone),
    )
