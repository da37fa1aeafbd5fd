"""What comes due: a request without an answer in its stated time goes to the service's page, once."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from db.caller import Caller
from db.dictionaries.rules import Rules
from db.requests.models import HelpRequest
from db.requests.notices import LATE, OVERDUE, tell
from db.requests.rules import AWAITED


def sweep(session: Session, caller: Caller, *, rules: Rules) -> None:
    """Marks what is late, which brings it to the panel's page; tells the asker, and whoever has not answered."""
    rows = session.scalars(
        select(HelpRequest)
        .where(HelpRequest.status.in_(AWAITED), HelpRequest.due_at <= caller.now, HelpRequest.late_at.is_(None))
        .options(joinedload(HelpRequest.group), joinedload(HelpRequest.direction))
        .order_by(HelpRequest.due_at, HelpRequest.id)
        .with_for_update(of=HelpRequest, skip_locked=True)
    )
    for request in rows.all():
        request.late_at = caller.now
        what = int(request.due_at.timestamp()) if request.due_at else 0
        tell(session, caller, request, request.person_id, LATE, f"late:{what}")
        if request.assignee_id is not None:
            tell(session, caller, request, request.assignee_id, OVERDUE, f"overdue:{what}")


EVERY_MINUTE = (sweep,)
EVERY_HOUR = ()
