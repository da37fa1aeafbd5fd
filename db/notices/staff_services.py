"""Sends again or drops notices that could not be delivered, as the panel does."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.audit import services as audit
from db.caller import StaffCaller
from db.errors import DomainError, ForbiddenError, NotFoundError
from db.notices.models import EXPIRED, Notice, NoticeStatus
from db.notices.rules import STATUSES  # noqa: F401  its table of statuses
from db.people import services as people
from db.people.models import Person
from db.people.queries import blocked_since
from db.transitions import move, moving


def retry(session: Session, caller: StaffCaller, *, notice_id: int) -> bool:
    """Puts a dead notice back in the line; who had blocked the bot is tried again. False when it is not dead any more.

    Raises DomainError `notice_expired` where its time has passed, NotFoundError for somebody out of reach,
    ForbiddenError.
    """
    notice = _within(session, caller, notice_id)
    audit.record(session, caller, action="notices.retry", object_type="notice", object_id=notice_id)
    if notice.status is not NoticeStatus.DEAD:
        return False
    if notice.expires_at is not None and notice.expires_at <= caller.now:
        raise DomainError("notice_expired")
    people.mark_back_everywhere(session, person_id=notice.person_id)
    move(notice, NoticeStatus.PENDING)
    notice.due_at, notice.attempts, notice.error, notice.claimed_until = caller.now, 0, None, None
    return True


class Retried(NamedTuple):
    """How many go out again, and of how many the time has passed."""

    again: int
    late: int


def retry_all(session: Session, caller: StaffCaller) -> Retried:
    """Puts every dead notice within reach back in the line, but for people who blocked the bot.

    Those whose time has passed are dropped: nobody needs a reminder of last month's event.
    """
    if not caller.scope.can_write:
        raise ForbiddenError
    within = select(Person.id).where(
        caller.scope.limits(Person), blocked_since(Person.id).is_(None), Person.erased_at.is_(None)
    )
    dead = (Notice.status == NoticeStatus.DEAD, Notice.person_id.in_(within))
    late = moving(Notice, NoticeStatus.CANCELLED).where(*dead, Notice.expires_at <= caller.now).values(error=EXPIRED)
    dropped = len(session.scalars(late.returning(Notice.id)).all())
    afresh = moving(Notice, NoticeStatus.PENDING).where(*dead)
    afresh = afresh.values(due_at=caller.now, attempts=0, error=None, claimed_until=None)
    again = len(session.scalars(afresh.returning(Notice.id)).all())
    audit.record(
        session, caller, action="notices.retry_all", object_type="notice", object_id=None, count=again, late=dropped
    )
    return Retried(again, dropped)


def drop(session: Session, caller: StaffCaller, *, notice_id: int) -> bool:
    """A dead notice is not needed any more. False when it is not dead any more. Raises as `retry`."""
    notice = _within(session, caller, notice_id)
    audit.record(session, caller, action="notices.drop", object_type="notice", object_id=notice_id)
    if notice.status is not NoticeStatus.DEAD:
        return False
    move(notice, NoticeStatus.CANCELLED)
    notice.error = "dropped"
    return True


def _within(session: Session, caller: StaffCaller, notice_id: int) -> Notice:
    notice = session.get(Notice, notice_id, with_for_update=True)
    if notice is None:
        raise NotFoundError
    caller.scope.check_write(session.get_one(Person, notice.person_id))
    return notice
