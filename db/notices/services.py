"""The outbox: putting notices in, taking them out, telling what became of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from db.notices.models import Notice, NoticeStatus
from db.people.models import Person
from db.upsert import insert

WIPED_AT_ONCE = 10_000
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


def enqueue_all(
    session: Session,
    *,
    prefix: str,
    person_ids: Sequence[int],
    kind: str,
    params: dict[str, Any],
    expires_at: datetime,
    now: datetime,
) -> dict[int, int]:
    """Puts the same unasked notice in for many people, due now; the keys are the prefix with the person's id. Returns
    the new notices' ids by person; who has a notice of this key already gets none.
    """
    rows = [
        {
            "key": f"{prefix}{person_id}",
            "person_id": person_id,
            "kind": kind,
            "params": params,
            "status": NoticeStatus.PENDING,
            "expected": False,
            "created_at": now,
            "due_at": now,
            "expires_at": expires_at,
            "attempts": 0,
        }
        for person_id in person_ids
    ]
    if not rows:
        return {}
    statement = insert(session, Notice).on_conflict_do_nothing(index_elements=["key"])
    return dict(session.execute(statement.returning(Notice.person_id, Notice.id), rows).all())


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
