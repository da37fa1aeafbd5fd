"""Forgets notices that were settled long ago."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.caller import Caller
from db.notices.models import UNWIPED, Notice, NoticeStatus
from db.notices.services import KEEP, WIPED_AT_ONCE


def forget_old(session: Session, caller: Caller) -> None:
    """Wipes what was said from notices that went out or were dropped long ago; the keys stay, so nothing repeats."""
    old = select(Notice.id).where(
        Notice.status.in_((NoticeStatus.SENT, NoticeStatus.CANCELLED)), Notice.due_at < caller.now - KEEP, UNWIPED
    )
    # A broadcast to a whole region grows old within an hour: taps must not wait for all of it.
    some = old.order_by(Notice.due_at).limit(WIPED_AT_ONCE)
    session.execute(update(Notice).where(Notice.id.in_(some)).values(params={}, wiped=True))


EVERY_MINUTE = ()
EVERY_HOUR = (forget_old,)
