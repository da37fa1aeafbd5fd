"""The sending side of the outbox: one notice is taken, sent outside, and what became of it is written down.

A taken notice is leased for `LEASE`: a process that dies in between lets it go again, which may repeat that one
message and loses none. On PostgreSQL several processes drain side by side (SKIP LOCKED).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Setting
from db.notices.models import Notice, NoticeStatus
from db.notices.rules import TRIES, WEEK, allowed_moment, retry_after
from db.people.models import Consent, Person

LEASE = timedelta(seconds=30)
PAUSE = "delivery_pause"
AT_ONCE = 100
PLATFORM = "telegram"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A notice that is ready to be sent, and to whom. `attempts` counts earlier failures."""

    notice_id: int
    person_id: int
    external_id: int
    locale: str
    kind: str
    params: dict[str, Any]
    expected: bool
    attempts: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What a look into the outbox brought; `more` asks to look again at once."""

    outgoing: Outgoing | None
    more: bool = False


def waits(session: Session, *, now: datetime) -> bool:
    """Whether anything could be sent now: cheap enough to ask every second."""
    if _paused(session, now):
        return False
    return bool(session.scalar(select(exists().where(_due(now)))))


def take(session: Session, *, now: datetime, zone: ZoneInfo, avoid: Collection[int] = ()) -> Taken:
    """Leases the oldest due notice; people of `avoid` are left for later (one message a second to a chat).

    On its way it cancels what has expired or is not wanted any more, buries what has nobody to reach, and puts off
    what came at a quiet hour.
    """
    if _paused(session, now):
        return Taken(None)
    query = select(Notice).where(_due(now)).order_by(Notice.due_at, Notice.id).limit(1)
    if avoid:
        query = query.where(Notice.person_id.not_in(avoid))
    for _ in range(AT_ONCE):
        notice = session.scalar(query.with_for_update(skip_locked=True))
        if notice is None:
            return Taken(None)
        person = session.get_one(Person, notice.person_id)
        if _may_go(session, notice, person, now, zone):
            notice.claimed_until = now + LEASE
            return Taken(
                Outgoing(
                    notice_id=notice.id,
                    person_id=person.id,
                    external_id=person.external_id or 0,
                    locale=person.locale,
                    kind=notice.kind,
                    params=dict(notice.params),
                    expected=notice.expected,
                    attempts=notice.attempts,
                )
            )
        session.flush()
    return Taken(None, more=True)


def mark_sent(session: Session, *, notice_id: int, now: datetime) -> None:
    """The messenger has it. A notice that was cancelled in that very moment was sent all the same."""
    notice = session.get_one(Notice, notice_id, with_for_update=True)
    notice.status, notice.sent_at, notice.claimed_until, notice.error = NoticeStatus.SENT, now, None, None


def put_off(session: Session, *, notice_id: int, error: str, spread: float, now: datetime) -> None:
    """The server failed: the notice is tried again later, and given up after about a day of failures."""
    notice = session.get_one(Notice, notice_id, with_for_update=True)
    if notice.status is not NoticeStatus.PENDING:
        return
    notice.attempts += 1
    notice.claimed_until = None
    if notice.attempts >= TRIES:
        _end(notice, NoticeStatus.DEAD, "gave_up")
        return
    notice.error = error[:200]
    notice.due_at = now + retry_after(notice.attempts, spread=spread)


def release(session: Session, *, notice_id: int, pause_until: datetime | None = None) -> None:
    """The notice was not sent and nothing is wrong with it; `pause_until` holds all sending, in every process."""
    notice = session.get_one(Notice, notice_id, with_for_update=True)
    notice.claimed_until = None
    if pause_until is not None:
        session.merge(Setting(key=PAUSE, value={"until": pause_until.isoformat()}))


def bury(session: Session, *, notice_id: int, error: str) -> None:
    """The notice can't be delivered; it waits in the panel for a decision."""
    _end(session.get_one(Notice, notice_id, with_for_update=True), NoticeStatus.DEAD, error)


def bury_blocked(session: Session, *, notice_id: int, now: datetime) -> None:
    """The person blocked the bot: this notice and whatever else is due is buried, and so is what comes."""
    notice = session.get_one(Notice, notice_id, with_for_update=True)
    person = session.get_one(Person, notice.person_id, with_for_update=True)
    person.blocked_at = person.blocked_at or now
    _end(notice, NoticeStatus.DEAD, "blocked")
    others = session.scalars(
        select(Notice).where(_due(now), Notice.person_id == person.id).with_for_update(skip_locked=True)
    )
    for other in others:
        _end(other, NoticeStatus.DEAD, "blocked")


def _paused(session: Session, now: datetime) -> bool:
    pause = session.get(Setting, PAUSE)
    return pause is not None and datetime.fromisoformat(pause.value["until"]) > now


def _due(now: datetime) -> ColumnElement[bool]:
    free = or_(Notice.claimed_until.is_(None), Notice.claimed_until <= now)
    return and_(Notice.status == NoticeStatus.PENDING, Notice.due_at <= now, free)


def _end(notice: Notice, status: NoticeStatus, why: str) -> None:
    notice.status, notice.error, notice.claimed_until = status, why[:200], None


def _may_go(session: Session, notice: Notice, person: Person, now: datetime, zone: ZoneInfo) -> bool:
    if notice.expires_at is not None and notice.expires_at <= now:
        _end(notice, NoticeStatus.CANCELLED, "expired")
    elif person.erased_at is not None or _withdrawn(session, person.id):
        _end(notice, NoticeStatus.CANCELLED, "withdrawn")
    elif person.external_id is None or person.platform != PLATFORM:
        _end(notice, NoticeStatus.DEAD, "nowhere")
    elif person.blocked_at is not None:
        _end(notice, NoticeStatus.DEAD, "blocked")
    elif notice.expected:
        return True
    elif not person.reminders:
        _end(notice, NoticeStatus.CANCELLED, "not_wanted")
    else:
        return _waking(session, notice, now, zone)
    return False


def _withdrawn(session: Session, person_id: int) -> bool:
    given = session.scalars(select(Consent.withdrawn_at).where(Consent.person_id == person_id)).all()
    return bool(given) and all(moment is not None for moment in given)


def _waking(session: Session, notice: Notice, now: datetime, zone: ZoneInfo) -> bool:
    # Two processes must not both find room for the week's last message.
    session.get_one(Person, notice.person_id, with_for_update={"key_share": True}, populate_existing=True)
    sent = session.scalars(
        select(Notice.sent_at)
        .where(
            Notice.person_id == notice.person_id,
            Notice.status == NoticeStatus.SENT,
            Notice.sent_at > now - WEEK,
            Notice.expected.is_(False),
        )
        .order_by(Notice.sent_at)
    )
    in_flight = session.scalar(
        select(func.count())
        .select_from(Notice)
        .where(
            Notice.person_id == notice.person_id,
            Notice.status == NoticeStatus.PENDING,
            Notice.claimed_until > now,
            Notice.expected.is_(False),
        )
    )
    moments = [moment for moment in sent if moment is not None] + [now] * (in_flight or 0)
    moment = allowed_moment(now, sent=moments, rules=dictionaries.rules(session), zone=zone)
    if moment is None:
        _end(notice, NoticeStatus.CANCELLED, "not_wanted")
    elif moment > now:
        notice.due_at = moment
        if notice.expires_at is not None and notice.expires_at <= moment:
            _end(notice, NoticeStatus.CANCELLED, "expired")
    else:
        return True
    return False
