"""Reads what was received and not handled yet, and where dialogs stand."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from db.inbox.models import Dialog, IncomingUpdate, UpdateStatus

_WAITING = select(IncomingUpdate.update_id, IncomingUpdate.chat_key, IncomingUpdate.payload).where(
    # In words, not as a parameter: only then may an engine use the index of what waits.
    IncomingUpdate.status == literal_column(f"'{UpdateStatus.RECEIVED}'")
)


@dataclass(frozen=True, slots=True)
class Received:
    """A raw update as it came: its number, whose turn it belongs to, its JSON."""

    update_id: int
    chat_key: int
    payload: str


def waiting(
    session: Session, *, platform: str, chat_key: int | None = None, limit: int | None = None
) -> list[Received]:
    """What a platform sent and is not handled yet, in order: everything, or the next ones of a chat."""
    query = _WAITING.where(IncomingUpdate.platform == platform)
    if chat_key is not None:
        query = query.where(IncomingUpdate.chat_key == chat_key)
    return _received(session.execute(query.order_by(IncomingUpdate.update_id).limit(limit)))


def waiting_in(session: Session, *, platform: str, chat_keys: Collection[int], each: int) -> dict[int, list[Received]]:
    """The next ones of each of these chats that have any, so many at most."""
    if not chat_keys:
        return {}
    place = func.row_number().over(partition_by=IncomingUpdate.chat_key, order_by=IncomingUpdate.update_id)
    mine = IncomingUpdate.platform == platform, IncomingUpdate.chat_key.in_(chat_keys)
    numbered = _WAITING.add_columns(place.label("place")).where(*mine).subquery()
    rows = session.execute(select(numbered).where(numbered.c.place <= each).order_by(numbered.c.update_id))
    found: dict[int, list[Received]] = {}
    for item in _received(rows):
        found.setdefault(item.chat_key, []).append(item)
    return found


def waiting_chats(session: Session, *, platform: str, chat_keys: Collection[int]) -> set[int]:
    """Those of these chats in which anything waits."""
    if not chat_keys:
        return set()
    mine = IncomingUpdate.platform == platform, IncomingUpdate.chat_key.in_(chat_keys)
    return set(session.scalars(_WAITING.with_only_columns(IncomingUpdate.chat_key).where(*mine).distinct()))


def _received(rows: Iterable[Any]) -> list[Received]:
    return [Received(row.update_id, row.chat_key, row.payload or "{}") for row in rows]


def unfinished(session: Session, *, platform: str, update_ids: Collection[int]) -> set[int]:
    """Which of these are stored and not handled."""
    query = select(IncomingUpdate.update_id).where(IncomingUpdate.platform == platform)
    wanted = IncomingUpdate.update_id.in_(update_ids), IncomingUpdate.status == UpdateStatus.RECEIVED
    return set(session.scalars(query.where(*wanted)))


_DIALOG = select(Dialog.state, Dialog.data).where(Dialog.key == bindparam("key"))


def load_dialog(session: Session, *, key: str) -> tuple[str | None, dict[str, Any]]:
    """Where the dialog stands: the state's name and its data."""
    row = session.execute(_DIALOG, {"key": key}).one_or_none()
    return (row.state, row.data) if row else (None, {})
