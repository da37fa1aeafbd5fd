"""Puts notices into the outbox, takes back or amends those that wait; `outbox.py` takes them out to be sent."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from db.base import table
from db.caller import Caller
from db.notices import rules  # noqa: F401  its table of statuses
from db.notices.models import BLOCKED, EXPIRED, Notice, NoticeStatus
from db.people import services as people
from db.transitions import move, moving
from db.upsert import insert

WIPED_AT_ONCE = 10_000
PAST_OBJECTS = {"synchronize_session": False}  # of a whole region; no session here holds one as an object
AHEAD = timedelta(hours=1)
OWED_FOR = timedelta(days=3)  # later than that it is no receipt any more
MISSED = "notices.missed"
"""The kind of what is said to somebody who had blocked the bot and came back."""

KEEP = timedelta(days=30)  # long enough to answer «what did you send me?»
# Built once: building it costs several times what it takes to run.
_PUT_IN = {
    name: dialect.insert(table(Notice)).on_conflict_do_nothing(index_elements=["key"]).returning(table(Notice).c.id)
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}


def enqueue(
    session: Session,
    caller: Caller,
    *,
    key: str,
    person_id: int,
    kind: str,
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
        "created_at": caller.now,
        "due_at": due_at or caller.now,
        "expires_at": expires_at,
        "attempts": 0,
    }
    session.flush()
    connection = session.connection()
    return connection.scalar(_PUT_IN[connection.dialect.name], values) is not None


def owe(session: Session, caller: Caller, *, key: str, person_id: int, kind: str, params: dict[str, Any]) -> bool:
    """Puts in what a person is owed for what was just done, such as a ticket: it goes before all else.

    Returns whether it is new.
    """
    return enqueue(
        session,
        caller,
        key=key,
        person_id=person_id,
        kind=kind,
        params=params,
        due_at=caller.now - AHEAD,
        expires_at=caller.now + OWED_FOR,
    )


def come_back(session: Session, caller: Caller, *, platform: str, external_id: int) -> None:
    """Has somebody who had blocked the bot be written to again, and owes them one word of what was lost meanwhile.

    Each lost notice is told of once, whoever hears first of the return; what is of no use any more is not.
    """
    person_id = people.mark_back(session, platform=platform, external_id=external_id)
    dead = Notice.person_id == person_id, Notice.status == NoticeStatus.DEAD, Notice.error == BLOCKED
    told = moving(Notice, NoticeStatus.CANCELLED).where(*dead).values(error=MISSED)
    lost = session.execute(told.returning(Notice.id, Notice.kind, Notice.params, Notice.expires_at)).all()
    found: set[int] = set()
    for row in lost:
        if row.kind == MISSED:  # the word itself was lost: blocked again in that very moment
            found.update(row.params["notices"])
        elif row.expires_at is None or row.expires_at > caller.now:
            found.add(row.id)
    if person_id is not None and found:
        key = f"{MISSED}:{max(row.id for row in lost)}"
        owe(session, caller, key=key, person_id=person_id, kind=MISSED, params={"notices": sorted(found)})


def enqueue_all(
    session: Session,
    caller: Caller,
    *,
    prefix: str,
    person_ids: Sequence[int],
    kind: str,
    params: dict[str, Any],
    expires_at: datetime,
) -> dict[int, int]:
    """Puts the same unasked notice in for many people, due now; the keys are the prefix with the person's id.

    Returns the new notices' ids by person; who has a notice of this key already gets none.
    """
    rows = [
        {
            "key": f"{prefix}{person_id}",
            "person_id": person_id,
            "kind": kind,
            "params": params,
            "status": NoticeStatus.PENDING,
            "expected": False,
            "created_at": caller.now,
            "due_at": caller.now,
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
    return bool(_cancel(session, Notice.key == key))


def cancel_prefix(session: Session, *, prefix: str, kinds: Collection[str] = ()) -> int:
    """Takes back everything not sent yet whose key begins so, for example all that was to be said of an event.

    With `kinds` these kinds only. Returns how many.
    """
    return _cancel(session, _begins(prefix), *([Notice.kind.in_(kinds)] if kinds else ()))


def was_sent(session: Session, *, person_id: int, prefix: str) -> bool:
    """Whether something whose key begins so has reached the person, as far back as notices are kept."""
    sent = Notice.person_id == person_id, Notice.status == NoticeStatus.SENT
    return bool(session.scalar(select(exists().where(*sent, _begins(prefix)))))


def cancel_kind(session: Session, *, kind: str, why: str) -> None:
    """Takes back everything of a kind that was not sent yet; `why` is kept as its error."""
    session.execute(_waiting(Notice.kind == kind).values(error=why), execution_options=PAST_OBJECTS)


def cancel_all(session: Session, *, person_id: int) -> int:
    """Takes back everything that was not sent to the person yet. Returns how many."""
    return _cancel(session, Notice.person_id == person_id, error="withdrawn")


def recall(session: Session, *, notice_ids: Select[int], why: str) -> int:
    """Takes back those that were not sent yet, and those that failed: nobody may send them again. Returns how many."""
    unsent = moving(Notice, NoticeStatus.CANCELLED).where(Notice.id.in_(notice_ids)).values(error=why)
    return len(session.scalars(unsent.returning(Notice.id), execution_options=PAST_OBJECTS).all())


def reschedule(session: Session, *, key: str, due_at: datetime, expires_at: datetime, params: dict[str, Any]) -> bool:
    """Gives a notice that nobody has heard, as it waits or expired unsent, another moment and adds to what it carries.

    Returns whether there was one.
    """
    notice = session.scalar(select(Notice).where(Notice.key == key))
    if notice is None:
        return False
    if notice.status is NoticeStatus.CANCELLED and notice.error == EXPIRED:
        move(notice, NoticeStatus.PENDING)
    elif notice.status is not NoticeStatus.PENDING:
        return False
    notice.error, notice.due_at, notice.expires_at = None, due_at, expires_at
    notice.params = {**notice.params, **params}
    return True


def put_in(session: Session, caller: Caller, *, key: str, due_at: datetime, expires_at: datetime, **said: Any) -> None:
    """Puts a notice in as `enqueue` does; one that was taken back before anybody heard it is said after all."""
    if enqueue(session, caller, key=key, due_at=due_at, expires_at=expires_at, **said):
        return
    notice = session.scalars(select(Notice).where(Notice.key == key)).one()
    if notice.status is NoticeStatus.CANCELLED and notice.error is None:
        move(notice, NoticeStatus.PENDING)
        notice.due_at, notice.expires_at, notice.params = due_at, expires_at, said["params"]


def amend(session: Session, *, prefix: str, params: dict[str, Any], besides: Collection[str] = ()) -> None:
    """Has what waits under keys that begin so tell of things as they are now, but for some kinds."""
    waits = select(Notice).where(Notice.status == NoticeStatus.PENDING, _begins(prefix), Notice.kind.not_in(besides))
    for notice in session.scalars(waits):
        notice.params = {**notice.params, **params}


def drop_param(session: Session, *, prefix: str, person_ids: Collection[int], name: str) -> None:
    """Forgets one thing that these people's notices under keys that begin so carry, sent or not."""
    for notice in session.scalars(select(Notice).where(Notice.person_id.in_(person_ids), _begins(prefix))):
        notice.params = {key: value for key, value in notice.params.items() if key != name}


def _cancel(session: Session, *which: ColumnElement[bool], **values: Any) -> int:
    statement = _waiting(*which).values(**values) if values else _waiting(*which)
    return len(session.scalars(statement.returning(Notice.id)).all())


def _waiting(*which: ColumnElement[bool]) -> Update:
    return moving(Notice, NoticeStatus.CANCELLED).where(Notice.status == NoticeStatus.PENDING, *which)


def _begins(prefix: str) -> ColumnElement[bool]:
    return Notice.key.startswith(prefix, autoescape=True)
