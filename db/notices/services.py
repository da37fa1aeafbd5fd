"""The outbox: putting notices in, taking them out, telling what became of them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, update
from sqlalchemy.orm import Session

from db.notices.models import Notice, NoticeStatus
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
