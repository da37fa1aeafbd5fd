"""Which of several bot processes handles a chat: one at a time, its updates in the order they were stored.

A chat that is being handled has a lane, leased to one process. Who stores an update asks for its chat's lane until it
has it or the update is handled: so each process handles what the balancer gives it, and a slow one does not draw to
itself what a quick one is free for. Who has handled what waited gives the lane back in the same transaction that marks
it. Who holds lanes renews them; those of a dead process run out, and what it stored is found by the others' next look.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from sqlalchemy import delete, select, text, tuple_, update
from sqlalchemy.orm import Session

from db.inbox import queries
from db.inbox import services as inbox
from db.inbox.models import IncomingUpdate, Lane, UpdateStatus
from db.inbox.queries import Received
from db.upsert import insert

LEASE = timedelta(seconds=30)
AT_ONCE = 50
ASKED = 200
"""Chats to ask for in one transaction: each takes a lock of the server's, which has some thousands."""

_PLAIN = {"synchronize_session": False}  # no session here holds a lane as an object
# Nobody waits for another's row: that would hold up everybody in the same transaction. The lock is a pair of numbers,
# which is never the same as one of db.locks, a single one.
# In a CASE, for else the planner may lock the chats first and then look whose they are.
_FREE = text(
    "SELECT chat FROM unnest(CAST(:chats AS bigint[])) AS chat"
    " WHERE CASE WHEN EXISTS (SELECT FROM lane WHERE platform = :platform AND chat_key = chat AND leased_until >= :now)"
    " THEN false"
    " ELSE pg_try_advisory_xact_lock(1, CAST((chat % 2147483647 + :of_platform) % 2147483647 AS integer)) END"
)


@dataclass(frozen=True, slots=True)
class Walked:
    """Which updates of a chat were handled by who holds its lane by this token."""

    chat_key: int
    token: int
    done: Sequence[int]


@dataclass(frozen=True, slots=True)
class TakenUpdates:
    """Tells which updates were stored and which chats are in whose hands.

    `new` updates were stored; `lanes` are the chats that are ours from now on, with what waits in them; the chats of
    `busy` are in hand already: ask again.
    """

    new: int
    lanes: Mapping[int, Sequence[Received]]
    busy: frozenset[int]


def receive(
    session: Session, *, platform: str, updates: Sequence[Received], process: int, token: int, now: datetime
) -> TakenUpdates:
    """Stores a platform's updates; a number seen before changes nothing.

    `token` is of this call alone, `process` of who calls.
    """
    new = inbox.receive(session, platform=platform, updates=updates, now=now)
    chats = {item.chat_key for item in updates if item.update_id in new}
    return TakenUpdates(len(new), *_claim(session, platform, chats, process=process, token=token, now=now))


def claim(
    session: Session, *, platform: str, chats: Collection[int], process: int, token: int, now: datetime
) -> TakenUpdates:
    """Takes the lanes of those chats that have something to handle and that nobody has in hand."""
    return TakenUpdates(0, *_claim(session, platform, chats, process=process, token=token, now=now))


def finish(session: Session, *, platform: str, walked: Collection[Walked], now: datetime) -> None:
    """Marks updates handled and gives the lanes back, whatever came meanwhile: who stored it asks for it."""
    done = [number for one in walked for number in one.done]
    inbox.mark_handled(session, platform=platform, update_ids=done, now=now)
    keys = sorted((one.chat_key, one.token) for one in walked)
    mine = Lane.platform == platform, tuple_(Lane.chat_key, Lane.token).in_(keys)
    session.execute(delete(Lane).where(*mine), execution_options=_PLAIN)


def look_after(
    session: Session, *, platform: str, walked: Collection[tuple[int, int]], process: int, token: int, now: datetime
) -> Mapping[int, Sequence[Received]]:
    """Renews the lanes that this process walks (chat and token each) and takes those that nobody looks after any more.

    One of its own, too, whose walk broke off.
    """
    if walked:
        mine = Lane.platform == platform, tuple_(Lane.chat_key, Lane.token).in_(sorted(walked))
        session.execute(update(Lane).where(*mine).values(leased_until=now + LEASE), execution_options=_PLAIN)
    own = Lane.platform == platform
    left = set(session.scalars(select(Lane.chat_key).where(own, Lane.leased_until < now).limit(AT_ONCE)))
    alone = (
        select(IncomingUpdate.chat_key)
        .where(
            IncomingUpdate.platform == platform,
            IncomingUpdate.status == UpdateStatus.RECEIVED,
            IncomingUpdate.chat_key.not_in(select(Lane.chat_key).where(own)),
        )
        .distinct()
        .limit(AT_ONCE)
    )
    lanes, busy = _claim(session, platform, left | set(session.scalars(alone)), process=process, token=token, now=now)
    if empty := left - lanes.keys() - busy:
        over = own, Lane.chat_key.in_(empty), Lane.leased_until < now
        session.execute(delete(Lane).where(*over), execution_options=_PLAIN)
    return lanes


def let_go(session: Session, *, process: int, now: datetime) -> None:
    """A process ends: others may take its lanes at once."""
    session.execute(update(Lane).where(Lane.process == process).values(leased_until=now - LEASE))


def _claim(
    session: Session, platform: str, chats: Collection[int], *, process: int, token: int, now: datetime
) -> tuple[dict[int, list[Received]], frozenset[int]]:
    if not chats:
        return {}, frozenset()
    of_platform = crc32(platform.encode()) % 2**31
    asked = {"platform": platform, "of_platform": of_platform, "chats": list(chats), "now": now}
    free = set(session.scalars(_FREE, asked))
    wanted = queries.waiting_chats(session, platform=platform, chat_keys=free)
    waiting: dict[int, list[Received]] = {}
    if wanted:
        lease = {"process": process, "token": token, "leased_until": now + LEASE}
        new = insert(session, Lane)
        statement = new.on_conflict_do_update(
            index_elements=["platform", "chat_key"],
            set_={name: new.excluded[name] for name in lease},
            where=Lane.leased_until < now,
        ).returning(Lane.chat_key)
        rows = [{"platform": platform, "chat_key": chat, **lease} for chat in sorted(wanted)]
        claimed = set(session.connection().execute(statement, rows).scalars())
        # Only now: whoever had the lane a moment ago may have handled it all.
        waiting = queries.waiting_in(session, platform=platform, chat_keys=claimed, each=AT_ONCE)
        if empty := claimed - waiting.keys():
            mine = Lane.platform == platform, Lane.chat_key.in_(empty)
            session.execute(delete(Lane).where(*mine), execution_options=_PLAIN)
        wanted -= claimed
    return waiting, frozenset(chats) - (free - wanted)
