"""Sends again or drops notices that could not be delivered, as the panel does."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.errors import DomainError, ForbiddenError, NotFoundError
from db.notices.models import EXPIRED, Notice, NoticeStatus
from db.people.models import Person
from db.scope import Scope


def retry(session: Session, *, scope: Scope, notice_id: int, now: datetime) -> bool:
    """Puts a dead notice back in the line; who had blocked the bot is tried again. False when it is not dead any more.

    Raises DomainError `notice_expired` where its time has passed, NotFoundError for somebody out of reach,
    ForbiddenError.
    """
    notice, person = _within(session, scope, notice_id)
    if notice.status is not NoticeStatus.DEAD:
        return False
    if notice.expires_at is not None and notice.expires_at <= now:
        raise DomainError("notice_expired")
    person.blocked_at = None
    session.execute(update(Notice).where(Notice.id == notice_id).values(**_afresh(now)))
    return True


class Retried(NamedTuple):
    """How many go out again, and of how many the time has passed."""

    again: int
    late: int


def retry_all(session: Session, *, scope: Scope, now: datetime) -> Retried:
    """Puts every dead notice within reach back in the line, but for people who blocked the bot.

    Those whose time has passed are dropped: nobody needs a reminder of last month's event.
    """
    if not scope.can_write:
        raise ForbiddenError
    within = select(Person.id).where(scope.limits(Person), Person.blocked_at.is_(None), Person.erased_at.is_(None))
    dead = (Notice.status == NoticeStatus.DEAD, Notice.person_id.in_(within))
    late = update(Notice).where(*dead, Notice.expires_at <= now)
    dropped = late.values(status=NoticeStatus.CANCELLED, error=EXPIRED).returning(Notice.id)
    count = len(session.scalars(dropped).all())
    again = update(Notice).where(*dead).values(**_afresh(now)).returning(Notice.id)
    return Retried(len(session.scalars(again).all()), count)


def drop(session: Session, *, scope: Scope, notice_id: int) -> bool:
    """A dead notice is not needed any more. False when it is not dead any more. Raises as `retry`."""
    notice, _ = _within(session, scope, notice_id)
    if notice.status is not NoticeStatus.DEAD:
        return False
    notice.status, notice.error = NoticeStatus.CANCELLED, "dropped"
    return True


def _within(session: Session, scope: Scope, notice_id: int) -> tuple[Notice, Person]:
    notice = session.get(Notice, notice_id, with_for_update=True)
    if notice is None:
        raise NotFoundError
    person = session.get_one(Person, notice.person_id)
    scope.check_write(person)
    return notice, person


def _afresh(now: datetime) -> dict[str, Any]:
    return {
        "status": NoticeStatus.PENDING,
        "due_at": now,
        "attempts": 0,
        "error": None,
        "claimed_until": None,
    }
