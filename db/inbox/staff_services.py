"""Puts a quarantined update back into its line, as the panel does."""

from sqlalchemy.orm import Session

from db.audit import services as audit
from db.caller import StaffCaller
from db.errors import NotFoundError
from db.inbox.models import IncomingUpdate, UpdateStatus
from db.inbox.services import RETRY_ASKED
from db.transitions import moving


def retry_update(session: Session, caller: StaffCaller, *, platform: str, update_id: int) -> None:
    """Gives a quarantined update another chance; the bot takes it within a minute.

    Raises NotFoundError when it is not there, ForbiddenError by the scope: whose it is nobody knows, so it is the whole
    region's.
    """
    caller.scope.check_region()
    statement = (
        moving(IncomingUpdate, UpdateStatus.RECEIVED)
        .where(
            IncomingUpdate.platform == platform,
            IncomingUpdate.update_id == update_id,
            IncomingUpdate.payload.is_not(None),
        )
        .values(attempts=0, error=RETRY_ASKED, handled_at=None)
        .returning(IncomingUpdate.update_id)
    )
    if session.scalar(statement) is None:
        raise NotFoundError
    audit.record(session, caller, action="inbox.put_back", object_type="update", object_id=None, update=update_id)
