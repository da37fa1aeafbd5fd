"""Keeping updates until they are handled, and dialogs over restarts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, delete, update
from sqlalchemy.orm import Session

from db.base import Base
from db.inbox.models import Dialog, IncomingUpdate, UpdateStatus
from db.inbox.queries import Received, _received
from db.transitions import move, moving
from db.upsert import insert

KEEP = timedelta(days=2)  # the messenger repeats an update for a day at most
KEPT_ASIDE = timedelta(days=30)
DIALOGS_KEPT = timedelta(days=30)
RETRY_ASKED = "put_back"

# By the table, one row at a time: it runs beside every tap, and an ORM update of many costs thrice as much.
_INBOX = Base.metadata.tables[IncomingUpdate.__tablename__]
_MARK = (
    moving(_INBOX, UpdateStatus.HANDLED)
    .where(_INBOX.c.platform == bindparam("of"), _INBOX.c.update_id == bindparam("number"))
    .values(payload=None, handled_at=bindparam("now"))
)


def receive(session: Session, *, platform: str, updates: Sequence[Received], now: datetime) -> set[int]:
    """Stores a platform's updates; answers the numbers that are new. A number seen before changes nothing."""
    if not updates:
        return set()
    rows = [
        {
            "platform": platform,
            "update_id": item.update_id,
            "chat_key": item.chat_key,
            "payload": item.payload,
            "status": UpdateStatus.RECEIVED,
            "attempts": 0,
            "received_at": now,
        }
        for item in updates
    ]
    # As parameters, not as one long VALUES: the statement stays the same and is compiled once.
    statement = insert(session, IncomingUpdate).on_conflict_do_nothing().returning(IncomingUpdate.update_id)
    return set(session.connection().execute(statement, rows).scalars())


def mark_handled(session: Session, *, platform: str, update_ids: Sequence[int], now: datetime) -> None:
    """The updates are done; what people wrote in them is dropped."""
    if update_ids:
        rows = [{"of": platform, "number": number, "now": now} for number in update_ids]
        session.connection().execute(_MARK, rows)


def note_failure(session: Session, *, platform: str, update_id: int, error: str) -> int:
    """Counts a failed try (kept over restarts) and answers how many there were."""
    row = session.get_one(IncomingUpdate, (platform, update_id), with_for_update=True)
    row.attempts += 1
    row.error = error[:200]
    return row.attempts


def quarantine(session: Session, *, platform: str, update_id: int, now: datetime) -> None:
    """Sets an update aside so that the chat's next ones go on; the panel shows it."""
    row = session.get_one(IncomingUpdate, (platform, update_id))
    move(row, UpdateStatus.QUARANTINED)
    row.handled_at = now


def take_retried(session: Session, *, platform: str) -> list[Received]:
    """Updates of a platform that were put back, each to one taker."""
    statement = (
        update(IncomingUpdate)
        .where(
            IncomingUpdate.platform == platform,
            IncomingUpdate.status == UpdateStatus.RECEIVED,
            IncomingUpdate.error == RETRY_ASKED,
        )
        .values(error=None)
        .returning(IncomingUpdate.update_id, IncomingUpdate.chat_key, IncomingUpdate.payload)
    )
    return sorted(_received(session.execute(statement)), key=attrgetter("update_id"))


def save_dialog(session: Session, *, key: str, state: str | None, data: dict[str, Any], now: datetime) -> None:
    """Keeps where the dialog stands; a dialog that waits for nothing and holds nothing takes no row."""
    if state is None and not data:
        session.execute(delete(Dialog).where(Dialog.key == key))
        return
    values = {"state": state, "data": data, "updated_at": now}
    session.execute(
        insert(session, Dialog).values(key=key, **values).on_conflict_do_update(index_elements=["key"], set_=values)
    )
