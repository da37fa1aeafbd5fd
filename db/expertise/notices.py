"""What an expert is told: an invitation, that it was taken back."""

from sqlalchemy.orm import Session

from db.caller import Caller
from db.dictionaries import queries as dictionaries
from db.expertise.models import ExpertWork
from db.notices import services as notices
from db.notices.rules import waking_moment

INVITED = "expertise.invited"
CANCELLED = "expertise.cancelled"


def prefix(work_id: int) -> str:
    """How the keys of what is said of one piece of work begin."""
    return f"expertise.{work_id}."


def tell(session: Session, caller: Caller, *, row: ExpertWork, kind: str) -> None:
    """Puts the notice in, for waking hours; what was said of the work before and has not gone out is of no use."""
    notices.cancel_prefix(session, prefix=prefix(row.id))
    notices.enqueue(
        session,
        caller,
        key=f"{prefix(row.id)}{kind}",
        person_id=row.person_id,
        kind=kind,
        params={
            "work": row.id,
            "title": row.title,
            "kind": row.kind.name,
            "starts": row.starts_on.isoformat(),
            "ends": row.ends_on.isoformat(),
        },
        due_at=waking_moment(caller.now, rules=dictionaries.rules(session), zone=caller.zone),
    )
