"""The outbox: putting notices in, taking them out, telling what became of them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, cast, update
from sqlalchemy.orm import Session

from db.notices.models import Notice, NoticeStatus
from db.people.models import Person
from db.upsert import insert

KEEP = timedelta(days=30)  # long enough to answer «what did you send me?»


def enqueue(
    session: Session,
    *,
    key: str,
    person_id: int,
    kind: str,
    now: datetime,
    params: dict[str, Any] | None = None,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    expected: bool = True,
) -> bool:
    """Puts one notice in, in the same transaction as what it tells of. The same key again changes nothing.

    `expected` false means nobody asked for it: it keeps quiet hours and the weekly limit. After `expires_at` it is no
    longer worth sending. Returns whether it is new.
    """
    values = {
        "key": key,
        "person_id": person_id,
        "kind": kind,
        "params": params or {},
        "status": NoticeStatus.PENDING,
        "expected": expected,
        "created_at": now,
        "due_at": due_at or now,
        "expires_at": expires_at,
        "attempts": 0,
    }
    statement = insert(session, Notice).values(**values).on_conflict_do_nothing(index_elements=["key"])
    return session.scalar(statement.returning(Notice.id)) is not None


def cancel(session: Session, *, key: str) -> bool:
    """Takes back a notice that was not sent yet. Returns whether there was one."""
    statement = (
        update(Notice)
        .where(Notice.key == key, Notice.status == NoticeStatus.PENDING)
        .values(status=NoticeStatus.CANCELLED)
        .returning(Notice.id)
    )
    return session.scalar(statement) is not None


def cancel_prefix(session: Session, *, prefix: str) -> None:
    """Takes back everything not sent yet whose key begins so, for example all that was to be said of an event."""
    session.execute(
        update(Notice)
        .where(Notice.status == NoticeStatus.PENDING, Notice.key.startswith(prefix, autoescape=True))
        .values(status=NoticeStatus.CANCELLED)
    )


def set_reminders(session: Session, *, person_id: int, on: bool) -> None:
    """Whether the person wants to hear what they did not ask for. What waits and is not wanted is dropped when due."""
    session.execute(update(Person).where(Person.id == person_id, Person.erased_at.is_(None)).values(reminders=on))


def cancel_all(session: Session, *, person_id: int) -> int:
    """Takes back everything that was not sent to the person yet. Returns how many."""
    statement = (
        update(Notice)
        .where(Notice.person_id == person_id, Notice.status == NoticeStatus.PENDING)
        .values(status=NoticeStatus.CANCELLED, error="withdrawn")
        .returning(Notice.id)
    )
    return len(session.scalars(statement).all())


def retry(session: Session, *, notice_id: int, now: datetime) -> bool:
    """Puts a dead notice back in the line. Returns false when it is not dead (any more)."""
    return _retry(session, Notice.id == notice_id, now=now) > 0


def drop(session: Session, *, notice_id: int) -> bool:
    """A dead notice is not needed any more. Returns false when it is not dead (any more)."""
    statement = (
        update(Notice)
        .where(Notice.id == notice_id, Notice.status == NoticeStatus.DEAD)
        .values(status=NoticeStatus.CANCELLED, error="dropped")
        .returning(Notice.id)
    )
    return session.scalar(statement) is not None


def _retry(session: Session, which: ColumnElement[bool], *, now: datetime) -> int:
    statement = (
        update(Notice)
        .where(which, Notice.status == NoticeStatus.DEAD)
        .values(status=NoticeStatus.PENDING, due_at=now, expires_at=None, attempts=0, error=None, claimed_until=None)
        .returning(Notice.id)
    )
    return len(session.scalars(statement).all())


def forget_old(session: Session, *, now: datetime) -> None:
    """Wipes what was said from notices that went out or were dropped long ago; the keys stay, so nothing repeats."""
    session.execute(
        update(Notice)
        .where(
            Notice.status.in_((NoticeStatus.SENT, NoticeStatus.CANCELLED)),
            Notice.due_at < now - KEEP,
            cast(Notice.params, String) != "{}",
        )
        .values(params={})
    )
