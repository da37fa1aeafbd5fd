"""Which of several bot processes handles a chat: one at a time, its updates in the order they were stored.

A chat that has something to handle has a lane, leased to one process. Storing an update and taking its lane is one
transaction, and so is marking it handled and giving the lane back, so that no update is left without anybody. Who holds
lanes renews them; those of a dead process run out and are taken by another.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from db.inbox import services as inbox
from db.inbox.models import IncomingUpdate, Lane, UpdateStatus
from db.inbox.services import Received
from db.upsert import insert

LEASE = timedelta(seconds=30)
AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Taken:
    """`new` updates were stored; `lanes` are the chats that are ours from now on, with what waits in them."""

    new: int
    lanes: Mapping[int, Sequence[Received]]


def receive(session: Session, *, updates: Sequence[Received], process: int, token: int, now: datetime) -> Taken:
    """Stores updates; a number seen before changes nothing. `token` is of this call alone, `process` of who calls."""
    new = inbox.receive(session, updates=updates, now=now)
    chats = {item.chat_key for item in updates if item.update_id in new}
    return Taken(len(new), _claim(session, chats, process=process, token=token, now=now))


def finish(session: Session, *, chat_key: int, token: int, done: Sequence[int], now: datetime) -> list[Received]:
    """Marks updates handled and answers what came meanwhile; with nothing left the lane is given back."""
    # Whoever stores an update of this chat takes the same lock: it is seen below, or finds the lane free.
    mine = session.scalar(select(Lane.chat_key).where(Lane.chat_key == chat_key, Lane.token == token).with_for_update())
    inbox.mark_handled(session, update_ids=done, now=now)
    if mine is None:
        return []
    waiting = inbox.waiting(session, chat_key=chat_key, limit=AT_ONCE)
    if not waiting:
        session.execute(delete(Lane).where(Lane.chat_key == chat_key))
    return waiting


def look_after(
    session: Session, *, walked: Collection[tuple[int, int]], process: int, token: int, now: datetime
) -> Mapping[int, Sequence[Received]]:
    """Renews the lanes that this process walks (chat and token each) and takes those that nobody looks after any more:
    one of its own, too, whose walk broke off.
    """
    if walked:
        mine = tuple_(Lane.chat_key, Lane.token).in_(sorted(walked))
        session.execute(update(Lane).where(mine).values(leased_until=now + LEASE))
    left = set(session.scalars(select(Lane.chat_key).where(Lane.leased_until < now).limit(AT_ONCE)))
    alone = (
        select(IncomingUpdate.chat_key)
        .where(IncomingUpdate.status == UpdateStatus.RECEIVED, IncomingUpdate.chat_key.not_in(select(Lane.chat_key)))
        .distinct()
        .limit(AT_ONCE)
    )
    return _claim(session, left | set(session.scalars(alone)), process=process, token=token, now=now)


def let_go(session: Session, *, process: int, now: datetime) -> None:
    """A process ends: others may take its lanes at once."""
    session.execute(update(Lane).where(Lane.process == process).values(leased_until=now - LEASE))


def _claim(
    session: Session, chats: Collection[int], *, process: int, token: int, now: datetime
) -> dict[int, list[Received]]:
    if not chats:
        return {}
    lease = {"process": process, "token": token, "leased_until": now + LEASE}
    new = insert(session, Lane)
    statement = new.on_conflict_do_update(
        index_elements=["chat_key"],
        set_={name: new.excluded[name] for name in lease},
        where=Lane.leased_until < now,
    ).returning(Lane.chat_key)
    rows = [{"chat_key": chat, **lease} for chat in sorted(chats)]
    lanes: dict[int, list[Received]] = {chat: [] for chat in session.connection().execute(statement, rows).scalars()}
    for chat, waiting in lanes.items():
        waiting.extend(inbox.waiting(session, chat_key=chat, limit=AT_ONCE))
    return lanes
