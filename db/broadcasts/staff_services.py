"""Writing a broadcast, trying it on oneself, sending it to the typed number of people, taking back what is unsent."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from db.accounts.staff_queries import own_person
from db.audit import services as audit
from db.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastStatus
from db.broadcasts.rules import MOVES, WORTH_SAYING, sound_text
from db.broadcasts.staff_queries import BroadcastAudience, audience_of, reach, words
from db.caller import Caller, StaffCaller
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Municipality, Term, TermKind
from db.errors import ConflictError, DomainError, NotFoundError
from db.notices import services as notices
from db.people.models import Person
from db.transitions import move

BROADCAST = "broadcasts.said"
RECALLED = "recalled"


def create(session: Session, caller: StaffCaller, *, text: str, audience: BroadcastAudience) -> int:
    """Writes a draft and returns its id.

    Raises DomainError `broadcast_text`, `broadcast_long`, `broadcast_municipality` where an account of some
    municipalities names none, NotFoundError for an audience out of reach, ForbiddenError.
    """
    _check(session, caller, audience)
    broadcast = Broadcast(
        text=sound_text(text),
        **asdict(audience),
        status=BroadcastStatus.DRAFT,
        revision=0,
        reached=0,
        created_by=caller.scope.staff_id,
        created_at=caller.now,
    )
    session.add(broadcast)
    session.flush()
    _record(session, caller, broadcast, "create")
    return broadcast.id


def change(
    session: Session,
    caller: StaffCaller,
    *,
    broadcast_id: int,
    text: str,
    audience: BroadcastAudience,
    revision: int | None,
) -> None:
    """Changes a draft. Raises ConflictError where another methodist was quicker or it has gone, and as `create`."""
    broadcast = _locked(session, caller, broadcast_id)
    _check(session, caller, audience)
    if broadcast.revision != revision or broadcast.status is not BroadcastStatus.DRAFT:
        raise ConflictError
    broadcast.text = sound_text(text)
    for name, value in asdict(audience).items():
        setattr(broadcast, name, value)
    broadcast.revision += 1
    _record(session, caller, broadcast, "change")


def discard(session: Session, caller: StaffCaller, *, broadcast_id: int) -> None:
    """Deletes a draft. Raises ConflictError for what has gone."""
    broadcast = _locked(session, caller, broadcast_id)
    if broadcast.status is not BroadcastStatus.DRAFT:
        raise ConflictError
    _record(session, caller, broadcast, "delete")
    session.execute(delete(Broadcast).where(Broadcast.id == broadcast_id))


def try_out(session: Session, caller: StaffCaller, *, broadcast_id: int) -> None:
    """Sends the text to whoever asks, and to nobody else.

    Raises DomainError `broadcast_no_bot` for an account without a person in the bot.
    """
    broadcast = _locked(session, caller, broadcast_id)
    person_id = own_person(session, caller.scope)
    if person_id is None:
        raise DomainError("broadcast_no_bot")
    notices.enqueue(
        session,
        caller,
        key=f"{_prefix(broadcast.id)}try.{caller.scope.staff_id}.{caller.now.timestamp():.0f}",
        person_id=person_id,
        kind=BROADCAST,
        params={**words(broadcast), "trial": True},
        expires_at=caller.now + timedelta(hours=1),
    )
    _record(session, caller, broadcast, "try")


def start(session: Session, caller: StaffCaller, *, broadcast_id: int, revision: int | None, typed: int | None) -> None:
    """Sends a draft out if the number of people that was typed is the number it reaches now.

    Who comes later is not told.

    Raises DomainError `broadcast_nobody`, `broadcast_count` (with `count`, the right number), `broadcast_silence` in a
    region that allows no unasked message, ConflictError where it was changed since it was looked at or has gone.
    """
    broadcast = _locked(session, caller, broadcast_id)
    if broadcast.revision != revision:
        raise ConflictError
    MOVES.check(broadcast.status, BroadcastStatus.GOING)
    count = reach(session, audience=audience_of(broadcast)).count
    if not count:
        raise DomainError("broadcast_nobody")
    if typed != count:
        raise DomainError("broadcast_count", count=count)
    if dictionaries.rules(session).unasked_per_week < 1:
        raise DomainError("broadcast_silence")
    broadcast.up_to = session.scalar(select(func.max(Person.id)))
    move(broadcast, BroadcastStatus.GOING)
    broadcast.confirmed, broadcast.started_at = count, caller.now
    _record(session, caller, broadcast, "start", count=count)


def recall(session: Session, caller: StaffCaller, *, broadcast_id: int) -> int:
    """Takes back what was not sent yet, and what failed is not sent again.

    Returns how many notices that were; what is on its way at this moment arrives.

    Raises ConflictError for a draft, what was recalled before, and what has reached everybody.
    """
    broadcast = _locked(session, caller, broadcast_id)
    over = broadcast.status is BroadcastStatus.DONE
    move(broadcast, BroadcastStatus.RECALLED)
    broadcast.ended_at = caller.now
    mine = select(BroadcastRecipient.notice_id).where(BroadcastRecipient.broadcast_id == broadcast.id)
    count = notices.recall(session, notice_ids=mine, why=RECALLED)
    if over and not count:
        raise ConflictError
    _record(session, caller, broadcast, "recall", count=count)
    return count


def stop_all(session: Session, caller: Caller) -> list[int]:
    """Stops whatever goes and takes back whatever of any broadcast is unsent. Returns the ids of those that were going.

    For a database that was restored: what it takes for unsent may have been sent since the backup.
    """
    going = session.scalars(select(Broadcast).where(Broadcast.status == BroadcastStatus.GOING).order_by(Broadcast.id))
    stopped = []
    for broadcast in going:
        move(broadcast, BroadcastStatus.RECALLED)
        broadcast.ended_at = caller.now
        stopped.append(broadcast.id)
    notices.cancel_kind(session, kind=BROADCAST, why=RECALLED)
    return stopped


def put_in(session: Session, caller: Caller, broadcast: Broadcast, people: Sequence[int]) -> list[int]:
    """Puts in notices for the next of a broadcast's people, by their ids. Returns the notices' ids."""
    broadcast.reached = people[-1]
    told = notices.enqueue_all(
        session,
        caller,
        prefix=_prefix(broadcast.id),
        person_ids=people,
        kind=BROADCAST,
        params=words(broadcast),
        expires_at=caller.now + WORTH_SAYING,
    )
    rows = [
        {"broadcast_id": broadcast.id, "person_id": person_id, "notice_id": notice_id}
        for person_id, notice_id in told.items()
    ]
    if rows:
        session.execute(insert(BroadcastRecipient), rows)
    return list(told.values())


def _check(session: Session, caller: StaffCaller, audience: BroadcastAudience) -> None:
    if audience.municipality_id is None and not caller.scope.is_regional:
        raise DomainError("broadcast_municipality")
    caller.scope.check_write(audience.municipality_id)
    if audience.municipality_id is not None and session.get(Municipality, audience.municipality_id) is None:
        raise NotFoundError
    if audience.position_id is not None:
        term = session.get(Term, audience.position_id)
        if term is None or term.kind is not TermKind.POSITION:
            raise NotFoundError


def _locked(session: Session, caller: StaffCaller, broadcast_id: int) -> Broadcast:
    broadcast = session.get(Broadcast, broadcast_id, with_for_update=True)
    if broadcast is None:
        raise NotFoundError
    caller.scope.check_write(broadcast)
    return broadcast


def _prefix(broadcast_id: int) -> str:
    return f"broadcasts.{broadcast_id}."


def _record(session: Session, caller: StaffCaller, broadcast: Broadcast, verb: str, **more: Any) -> None:
    audit.record(
        session,
        caller,
        action=f"broadcasts.{verb}",
        object_type="broadcast",
        object_id=broadcast.id,
        municipality_id=broadcast.municipality_id,
        **more,
    )
