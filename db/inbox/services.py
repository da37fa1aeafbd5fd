"""Keeping updates until they are handled, and dialogs over restarts."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, delete, func, literal_column, select, update
from sqlalchemy.orm import Session

from db.base import Base
from db.inbox.models import Dialog, IncomingUpdate, UpdateStatus
from db.upsert import insert

KEEP = timedelta(days=2)  # the messenger repeats an update for a day at most
KEPT_ASIDE = timedelta(days=30)
DIALOGS_KEPT = timedelta(days=30)
PUT_BACK = "put_back"

_WAITING = select(IncomingUpdate.update_id, IncomingUpdate.chat_key, IncomingUpdate.payload).where(
    # In words, not as a parameter: only then may an engine use the index of what waits.
    IncomingUpdate.status == literal_column(f"'{UpdateStatus.RECEIVED}'")
)
# By the table, one row at a time: it runs beside every tap, and an ORM update of many costs thrice as much.
_INBOX = Base.metadata.tables[IncomingUpdate.__tablename__]
_MARK = (
    _INBOX.update()
    .where(_INBOX.c.update_id == bindparam("number"), _INBOX.c.status == UpdateStatus.RECEIVED)
    .values(status=UpdateStatus.HANDLED, payload=None, handled_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class Received:
    """A raw update as it came: its number, whose turn it belongs to, its JSON."""

    update_id: int
    chat_key: int
    payload: str


def receive(session: Session, *, updates: Sequence[Received], now: datetime) -> set[int]:
    """Stores updates; answers the numbers that are new. A number seen before changes nothing."""
    if not updates:
        return set()
    rows = [
        {
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


def waiting(session: Session, *, chat_key: int | None = None, limit: int | None = None) -> list[Received]:
    """What was received and not handled yet, in order: everything, or the next ones of a chat."""
    query = _WAITING.where(IncomingUpdate.chat_key == chat_key) if chat_key is not None else _WAITING
    return _received(session.execute(query.order_by(IncomingUpdate.update_id).limit(limit)))


def waiting_in(session: Session, *, chat_keys: Collection[int], each: int) -> dict[int, list[Received]]:
    """The next ones of each of these chats that have any, so many at most."""
    if not chat_keys:
        return {}
    place = func.row_number().over(partition_by=IncomingUpdate.chat_key, order_by=IncomingUpdate.update_id)
    numbered = _WAITING.add_columns(place.label("place")).where(IncomingUpdate.chat_key.in_(chat_keys)).subquery()
    rows = session.execute(select(numbered).where(numbered.c.place <= each).order_by(numbered.c.update_id))
    found: dict[int, list[Received]] = {}
    for item in _received(rows):
        found.setdefault(item.chat_key, []).append(item)
    return found


def waiting_chats(session: Session, *, chat_keys: Collection[int]) -> set[int]:
    """Those of these chats in which anything waits."""
    if not chat_keys:
        return set()
    query = _WAITING.with_only_columns(IncomingUpdate.chat_key).where(IncomingUpdate.chat_key.in_(chat_keys))
    return set(session.scalars(query.distinct()))


def _received(rows: Iterable[Any]) -> list[Received]:
    return [Received(row.update_id, row.chat_key, row.payload or "{}") for row in rows]


def unfinished(session: Session, *, update_ids: Collection[int]) -> set[int]:
    """Which of these are stored and not handled."""
    query = select(IncomingUpdate.update_id)
    wanted = IncomingUpdate.update_id.in_(update_ids), IncomingUpdate.status == UpdateStatus.RECEIVED
    return set(session.scalars(query.where(*wanted)))


def mark_handled(session: Session, *, update_ids: Sequence[int], now: datetime) -> None:
    """The updates are done; what people wrote in them is dropped."""
    if update_ids:
        session.connection().execute(_MARK, [{"number": number, "now": now} for number in update_ids])


def note_failure(session: Session, *, update_id: int, error: str) -> int:
    """Counts a failed try (kept over restarts) and answers how many there were."""
    row = session.get_one(IncomingUpdate, update_id, with_for_update=True)
    row.attempts += 1
    row.error = error[:200]
    return row.attempts


def quarantine(session: Session, *, update_id: int, now: datetime) -> None:
    """Sets an update aside so that the chat's next ones go on; the panel shows it."""
    row = session.get_one(IncomingUpdate, update_id)
    row.status, row.handled_at = UpdateStatus.QUARANTINED, now


def put_back(session: Session, *, update_id: int) -> bool:
    """Gives a quarantined update another chance; the bot takes it within a minute. False when it is not there."""
    statement = (
        update(IncomingUpdate)
        .where(
            IncomingUpdate.update_id == update_id,
            IncomingUpdate.status == UpdateStatus.QUARANTINED,
            IncomingUpdate.payload.is_not(None),
        )
        .values(status=UpdateStatus.RECEIVED, attempts=0, error=PUT_BACK, handled_at=None)
        .returning(IncomingUpdate.update_id)
    )
    return session.scalar(statement) is not None


def take_back(session: Session) -> list[Received]:
    """Updates that were put back, each to one taker."""
    statement = (
        update(IncomingUpdate)
        .where(IncomingUpdate.status == UpdateStatus.RECEIVED, IncomingUpdate.error == PUT_BACK)
        .values(error=None)
        .returning(IncomingUpdate.update_id, IncomingUpdate.chat_key, IncomingUpdate.payload)
    )
    return sorted(_received(session.execute(statement)), key=attrgetter("update_id"))


def forget_old(session: Session, *, now: datetime) -> None:
    """Drops handled updates that can't be repeated any more, and quarantined ones, which hold people's words, once
    nobody can be expected to put them back.
    """
    for status, kept in ((UpdateStatus.HANDLED, KEEP), (UpdateStatus.QUARANTINED, KEPT_ASIDE)):
        session.execute(
            delete(IncomingUpdate).where(IncomingUpdate.status == status, IncomingUpdate.received_at < now - kept)
        )


def forget_dialogs(session: Session, *, now: datetime) -> None:
    """Drops dialogs that nobody has gone on with for long; drafts are kept by their nouns and stay."""
    session.execute(delete(Dialog).where(Dialog.updated_at < now - DIALOGS_KEPT))


_DIALOG = select(Dialog.state, Dialog.data).where(Dialog.key == bindparam("key"))


def load_dialog(session: Session, *, key: str) -> tuple[str | None, dict[str, Any]]:
    """Where the dialog stands: the state's name and its data."""
    row = session.execute(_DIALOG, {"key": key}).one_or_none()
    return (row.state, row.data) if row else (None, {})


def save_dialog(session: Session, *, key: str, state: str | None, data: dict[str, Any], now: datetime) -> None:
    """Keeps where the dialog stands; a dialog that waits for nothing and holds nothing takes no row."""
    if state is None and not data:
        session.execute(delete(Dialog).where(Dialog.key == key))
        return
    values = {"state": state, "data": data, "updated_at": now}
    session.execute(
        insert(session, Dialog).values(key=key, **values).on_conflict_do_update(index_elements=["key"], set_=values)
    )
