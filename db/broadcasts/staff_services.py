"""Writing a broadcast, trying it on oneself, sending it to the typed number of people, taking back what is unsent."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from db.accounts.models import Staff
from db.audit import services as audit
from db.audit.rules import staff_actor
from db.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastStatus
from db.broadcasts.rules import WORTH_SAYING, moved, sound_text
from db.broadcasts.staff_queries import BroadcastAudience, audience_of, reach, words
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Municipality, Term, TermKind
from db.errors import ConflictError, DomainError, NotFoundError
from db.notices import services as notices
from db.notices.models import Notice, NoticeStatus
from db.people.models import Person
from db.scope import Scope

BROADCAST = "broadcasts.said"
RECALLED = "recalled"


def create(session: Session, *, text: str, audience: BroadcastAudience, scope: Scope, now: datetime) -> int:
    """A new draft; returns its id. Raises DomainError `broadcast_text`, `broadcast_long`, `broadcast_municipality`
    where an account of some municipalities names none, NotFoundError for an audience out of reach, ForbiddenError.
    """
    _check(session, audience, scope)
    broadcast = Broadcast(
        text=sound_text(text),
        **asdict(audience),
        status=BroadcastStatus.DRAFT,
        revision=0,
        reached=0,
        created_by=scope.staff_id,
        created_at=now,
    )
    session.add(broadcast)
    session.flush()
    _audit(session, broadcast, "create", scope, now)
    return broadcast.id


def change(
    session: Session,
    *,
    broadcast_id: int,
    text: str,
    audience: BroadcastAudience,
    revision: int | None,
    scope: Scope,
    now: datetime,
) -> None:
    """Changes a draft. Raises ConflictError where another methodist was quicker or it has gone, and as `create`."""
    broadcast = _locked(session, broadcast_id, scope)
    _check(session, audience, scope)
    if broadcast.revision != revision or broadcast.status is not BroadcastStatus.DRAFT:
        raise ConflictError
    broadcast.text = sound_text(text)
    for name, value in asdict(audience).items():
        setattr(broadcast, name, value)
    broadcast.revision += 1
    _audit(session, broadcast, "change", scope, now)


def discard(session: Session, *, broadcast_id: int, scope: Scope, now: datetime) -> None:
    """Deletes a draft. Raises ConflictError for what has gone."""
    broadcast = _locked(session, broadcast_id, scope)
    if broadcast.status is not BroadcastStatus.DRAFT:
        raise ConflictError
    _audit(session, broadcast, "delete", scope, now)
    session.execute(delete(Broadcast).where(Broadcast.id == broadcast_id))


def try_out(session: Session, *, broadcast_id: int, scope: Scope, now: datetime) -> None:
    """Sends the text to whoever asks, and to nobody else. Raises DomainError `broadcast_no_bot` for an account
    without a person in the bot.
    """
    broadcast = _locked(session, broadcast_id, scope)
    person_id = session.scalars(select(Staff.person_id).where(Staff.id == scope.staff_id)).one()
    if person_id is None:
        raise DomainError("broadcast_no_bot")
    notices.enqueue(
        session,
        key=f"{_prefix(broadcast.id)}try.{scope.staff_id}.{now.timestamp():.0f}",
        person_id=person_id,
        kind=BROADCAST,
        params={**words(broadcast), "trial": True},
        expires_at=now + timedelta(hours=1),
        now=now,
    )
    _audit(session, broadcast, "try", scope, now)


def start(
    session: Session, *, broadcast_id: int, revision: int | None, typed: int | None, scope: Scope, now: datetime
) -> None:
    """The draft goes out, if the number of people that was typed is the number it reaches now; who comes later is not
    told.

    Raises DomainError `broadcast_nobody`, `broadcast_count` (with `count`, the right number), `broadcast_silence` in a
    region that allows no unasked message, ConflictError where it was changed since it was looked at or has gone.
    """
    broadcast = _locked(session, broadcast_id, scope)
    if broadcast.revision != revision:
        raise ConflictError
    going = moved(broadcast.status, BroadcastStatus.GOING)
    count = reach(session, audience=audience_of(broadcast)).count
    if not count:
        raise DomainError("broadcast_nobody")
    if typed != count:
        raise DomainError("broadcast_count", count=count)
    if dictionaries.rules(session).unasked_per_week < 1:
        raise DomainError("broadcast_silence")
    broadcast.up_to = session.scalar(select(func.max(Person.id)))
    broadcast.status, broadcast.confirmed, broadcast.started_at = going, count, now
    _audit(session, broadcast, "start", scope, now, count=count)


def recall(session: Session, *, broadcast_id: int, scope: Scope, now: datetime) -> int:
    """Nobody else hears it: what was not sent yet is taken back, and what failed is not sent again. Returns how many
    notices that were; what is on its way at this moment arrives.

    Raises ConflictError for a draft, what was recalled before, and what has reached everybody.
    """
    broadcast = _locked(session, broadcast_id, scope)
    over = broadcast.status is BroadcastStatus.DONE
    broadcast.status = moved(broadcast.status, BroadcastStatus.RECALLED)
    broadcast.ended_at = now
    mine = select(BroadcastRecipient.notice_id).where(BroadcastRecipient.broadcast_id == broadcast.id)
    unsent = (
        update(Notice)
        .where(Notice.status.in_((NoticeStatus.PENDING, NoticeStatus.DEAD)), Notice.id.in_(mine))
        .values(status=NoticeStatus.CANCELLED, error=RECALLED)
        .returning(Notice.id)
    )
    count = len(session.scalars(unsent, execution_options={"synchronize_session": False}).all())
    if over and not count:
        raise ConflictError
    _audit(session, broadcast, "recall", scope, now, count=count)
    return count


def stop_all(session: Session, *, now: datetime) -> list[int]:
    """Stops whatever goes and takes back whatever of any broadcast is unsent; returns the ids of those that were going.

    For a database that was restored: what it takes for unsent may have been sent since the backup.
    """
    going = session.scalars(select(Broadcast).where(Broadcast.status == BroadcastStatus.GOING).order_by(Broadcast.id))
    stopped = []
    for broadcast in going:
        broadcast.status, broadcast.ended_at = moved(broadcast.status, BroadcastStatus.RECALLED), now
        stopped.append(broadcast.id)
    session.execute(
        update(Notice)
        .where(Notice.status == NoticeStatus.PENDING, Notice.kind == BROADCAST)
        .values(status=NoticeStatus.CANCELLED, error=RECALLED),
        execution_options={"synchronize_session": False},
    )
    return stopped


def put_in(session: Session, broadcast: Broadcast, people: Sequence[int], *, now: datetime) -> list[int]:
    """Notices for the next of a broadcast's people, by their ids, and who they are; returns the notices' ids."""
    broadcast.reached = people[-1]
    told = notices.enqueue_all(
        session,
        prefix=_prefix(broadcast.id),
        person_ids=people,
        kind=BROADCAST,
        params=words(broadcast),
        expires_at=now + WORTH_SAYING,
        now=now,
    )
    rows = [
        {"broadcast_id": broadcast.id, "person_id": person_id, "notice_id": notice_id}
        for person_id, notice_id in told.items()
    ]
    if rows:
        session.execute(insert(BroadcastRecipient), rows)
    return list(told.values())


def _check(session: Session, audience: BroadcastAudience, scope: Scope) -> None:
    if audience.municipality_id is None and scope.municipality_ids is not None:
        raise DomainError("broadcast_municipality")
    scope.check_write(audience.municipality_id)
    if audience.municipality_id is not None and session.get(Municipality, audience.municipality_id) is None:
        raise NotFoundError
    if audience.position_id is not None:
        term = session.get(Term, audience.position_id)
        if term is None or term.kind is not TermKind.POSITION:
            raise NotFoundError


def _locked(session: Session, broadcast_id: int, scope: Scope) -> Broadcast:
    broadcast = session.get(Broadcast, broadcast_id, with_for_update=True)
    if broadcast is None:
        raise NotFoundError
    scope.check_write(broadcast)
    return broadcast


def _prefix(broadcast_id: int) -> str:
    return f"broadcasts.{broadcast_id}."


def _audit(session: Session, broadcast: Broadcast, verb: str, scope: Scope, now: datetime, **more: int) -> None:
    audit.record_as(
        session,
        actor=staff_actor(scope.staff_id),
        action=f"broadcasts.{verb}",
        object_type="broadcast",
        object_id=broadcast.id,
        municipality_id=broadcast.municipality_id,
        now=now,
        **more,
    )
