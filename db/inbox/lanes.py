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


_PLAIN = {"synchronize_session": False}  # no session here holds a lane as an object


@dataclass(frozen=True, slots=True)
class Walked:
    """Which updates of a chat were handled by who holds its lane by this token."""

    chat_key: int
    token: int
    done: Sequence[int]


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


def finish(session: Session, *, walked: Collection[Walked], now: datetime) -> dict[int, list[Received]]:
    """Marks updates handled and answers what came meanwhile, by chat; a lane with nothing left is given back."""
    keys = sorted((one.chat_key, one.token) for one in walked)
    # Whoever stores an update of such a chat takes the same lock: it is seen below, or finds the lane free.
    held = select(Lane.chat_key).where(tuple_(Lane.chat_key, Lane.token).in_(keys))
    mine = set(session.scalars(held.order_by(Lane.chat_key).with_for_update()))
    inbox.mark_handled(session, update_ids=[number for one in walked for number in one.done], now=now)
    waiting = inbox.waiting_in(session, chat_keys=mine, each=AT_ONCE)
    if empty := mine - waiting.keys():
        session.execute(delete(Lane).where(Lane.chat_key.in_(empty)), execution_options=_PLAIN)
    return waiting


def look_after(
    session: Session, *, walked: Collection[tuple[int, int]], process: int, token: int, now: datetime
) -> Mapping[int, Sequence[Received]]:
    """Renews the lanes that this process walks (chat and token each) and takes those that nobody looks after any more:
    one of its own, too, whose walk broke off.
    """
    if walked:
        mine = tuple_(Lane.chat_key, Lane.token).in_(sorted(walked))
        session.execute(update(Lane).where(mine).values(leased_until=now + LEASE), execution_options=_PLAIN)
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
    claimed = set(session.connection().execute(statement, rows).scalars())
    waiting = inbox.waiting_in(session, chat_keys=claimed, each=AT_ONCE)
    return {chat: waiting.get(chat, []) for chat in claimed}
