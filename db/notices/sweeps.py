"""Forgets notices that were settled long ago."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.notices.models import UNWIPED, Notice, NoticeStatus
from db.notices.services import KEEP, WIPED_AT_ONCE


def forget_old(session: Session, *, now: datetime) -> None:
    """Wipes what was said from notices that went out or were dropped long ago; the keys stay, so nothing repeats."""
    old = select(Notice.id).where(
        Notice.status.in_((NoticeStatus.SENT, NoticeStatus.CANCELLED)), Notice.due_at < now - KEEP, UNWIPED
    )
    # A broadcast to a whole region grows old within an hour: taps must not wait for all of it.
    some = old.order_by(Notice.due_at).limit(WIPED_AT_ONCE)
    session.execute(update(Notice).where(Notice.id.in_(some)).values(params={}, wiped=True))
