"""The sending side of the outbox: notices are taken, sent outside, and what became of them is written down.

A taken notice is leased for `LEASE`: a process that dies in between lets it go again, which may repeat that one
message and loses none. Several processes drain side by side: each row and each person has one taker (SKIP LOCKED), so
that a person has one notice on its way, and the moments to send at are handed out one after another.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from db.caller import Caller
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Setting
from db.notices.models import BLOCKED, EXPIRED, Notice, NoticeStatus
from db.notices.rules import TRIES, WEEK, allowed_moment, next_start, retry_after
from db.people import services as people_services
from db.people.models import MessengerAccount, Person
from db.people.queries import addressed, in_messenger, reachable, withdrawn
from db.transitions import move
from db.upsert import insert

LEASE = timedelta(seconds=30)
PAUSE = "delivery_pause"
PACE = "delivery_pace"
"""Keys of the settings, each followed by the platform: every messenger has limits of its own."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A notice that is ready to be sent, and to whom."""

    notice_id: int
    person_id: int
    external_id: int
    locale: str
    kind: str
    params: dict[str, Any]
    expected: bool


@dataclass(frozen=True, slots=True)
class TakenNotices:
    """Holds what a look into the outbox brought.

    The first may be sent at `starts`, in seconds since 1970; `more` asks to look again at once.
    """

    outgoing: Sequence[Outgoing]
    starts: float = 0.0
    more: bool = False


Outcome = Callable[[Session], None]
_PLANNER = text("SELECT set_config('enable_sort', :sorting, true), set_config('enable_bitmapscan', :sorting, true)")


def waits(session: Session, caller: Caller, *, platform: str) -> bool:
    """Returns whether anything may have to be sent by this platform now: cheap enough to ask every second."""
    if _paused(session, platform, caller.now):
        return False
    due = select(Notice.id).outerjoin(MessengerAccount, _ADDRESSED).where(_due(caller.now), _sent_by(platform))
    # In the index's order: PostgreSQL would read the whole table where much is due for another platform.
    return session.scalar(due.order_by(Notice.due_at, Notice.id).limit(1)) is not None


def take(
    session: Session,
    caller: Caller,
    *,
    platform: str,
    avoid: Collection[int] = (),
    limit: int = 1,
    at: float = 0.0,
    gap: float = 0.0,
) -> TakenNotices:
    """Leases the oldest due notices, one a person.

    People of `avoid` are left for later (one message a second to a chat), and so are those who have one on its way.

    What reaches nobody may be buried by any platform's bot; the rest is taken by the one whose messenger it goes to. On
    its way it cancels what has expired or is not wanted any more, buries what has nobody to reach, and puts off what
    came at a quiet hour. `at` is the real time in seconds since 1970 and `gap` the seconds between two messages,
    whichever process sends them: what is taken may start at `starts`, and the next taker's after that.
    """
    now = caller.now
    if _paused(session, platform, now):
        return TakenNotices(())
    other = aliased(Notice)
    on_its_way = exists().where(
        other.person_id == Notice.person_id, other.status == NoticeStatus.PENDING, other.claimed_until > now
    )
    # More than `limit` are looked at: of several to one person only the first goes. The person's row is locked too:
    # another taker, who can't see our lease before the commit, would skip this notice and take the person's next one.
    query = (
        select(Notice, Person, MessengerAccount)
        .join(Person, Person.id == Notice.person_id)
        .outerjoin(MessengerAccount, _ADDRESSED)
        .where(_due(now), _sent_by(platform), ~on_its_way, Notice.person_id.not_in(avoid))
        .order_by(Notice.due_at, Notice.id)
        .limit(max(limit * 3, 20))
        .with_for_update(of=(Notice, Person), key_share=True, skip_locked=True)
    )
    with _in_index_order(session):
        found = session.execute(query).all()
    people = {person.id for _, person, _ in found}
    leaving = withdrawn(session, person_ids=people)
    # A lease that was committed between the query's view and its locks shows now that the people are ours.
    leased = select(Notice.person_id).where(
        Notice.person_id.in_(people), Notice.status == NoticeStatus.PENDING, Notice.claimed_until > now
    )
    busy = set(session.scalars(leased))
    outgoing: dict[int, Outgoing] = {}
    for notice, person, account in found:
        if len(outgoing) == limit:
            break
        if person.id not in busy and _may_go(session, notice, person, account, person.id in leaving, caller):
            notice.claimed_until = now + LEASE
            outgoing[person.id] = _outgoing(notice, account)
            busy.add(person.id)
    starts = _reserve(session, platform, at, gap * len(outgoing)) if outgoing and gap else at
    return TakenNotices(tuple(outgoing.values()), starts, more=bool(found) and not outgoing)


def settle(session: Session, *, outcomes: Sequence[Outcome]) -> None:
    """Writes down what became of several notices; each outcome is one of the functions below with its arguments."""
    for outcome in outcomes:
        outcome(session)


def mark_sent(session: Session, caller: Caller, *, notice_id: int) -> None:
    """The messenger has it. A notice that was cancelled in that very moment was sent all the same."""
    notice = _taken(session, notice_id)
    if notice is not None:
        move(notice, NoticeStatus.SENT)
        notice.sent_at, notice.claimed_until, notice.error = caller.now, None, None


def retry_later(session: Session, caller: Caller, *, notice_id: int, error: str, spread: float) -> None:
    """The server failed: the notice is tried again later, and given up after about a day of failures."""
    notice = _taken(session, notice_id)
    if notice is None or notice.status is not NoticeStatus.PENDING:
        return
    notice.attempts += 1
    notice.claimed_until = None
    if notice.attempts >= TRIES:
        _end(notice, NoticeStatus.DEAD, "gave_up")
        return
    notice.error = error[:200]
    notice.due_at = caller.now + retry_after(notice.attempts, spread=spread)


def release(session: Session, *, notice_id: int) -> None:
    """The notice was not sent and nothing is wrong with it."""
    notice = _taken(session, notice_id)
    if notice is not None:
        notice.claimed_until = None


def pause(session: Session, *, platform: str, notice_id: int, until: datetime) -> None:
    """The platform wants nobody to send before that moment, this notice as well: all its processes wait."""
    release(session, notice_id=notice_id)
    key = f"{PAUSE}:{platform}"
    known = session.get(Setting, key, with_for_update=True)
    # Of several refusals in flight the longest counts.
    if known is None or datetime.fromisoformat(known.value["until"]) < until:
        _keep(session, key, {"until": until.isoformat()})


def bury(session: Session, *, notice_id: int, error: str) -> None:
    """The notice can't be delivered; it waits in the panel for a decision."""
    notice = _taken(session, notice_id)
    if notice is not None:
        _bury(notice, error)


def bury_blocked(session: Session, caller: Caller, *, notice_id: int, platform: str, external_id: int) -> None:
    """Buries a notice whose person blocked the bot there, unless another messenger is left.

    Where one is, its bot takes the notice; else it is buried with whatever else is due, and so is what comes.
    """
    notice = _taken(session, notice_id)
    if notice is None:
        return
    person = session.get_one(Person, notice.person_id, with_for_update=True)
    people_services.mark_blocked(session, caller, platform=platform, external_id=external_id)
    if session.scalar(select(reachable(person.id))):
        notice.claimed_until = None
        return
    _bury(notice, BLOCKED)
    others = session.scalars(
        select(Notice).where(_due(caller.now), Notice.person_id == person.id).with_for_update(skip_locked=True)
    )
    for other in others:
        _end(other, NoticeStatus.DEAD, BLOCKED)


def _taken(session: Session, notice_id: int) -> Notice | None:
    """The notice that was on its way; none when its person was erased meanwhile."""
    return session.get(Notice, notice_id, with_for_update=True)


def _outgoing(notice: Notice, account: MessengerAccount) -> Outgoing:
    return Outgoing(
        notice_id=notice.id,
        person_id=account.person_id,
        external_id=account.external_id,
        locale=account.locale,
        kind=notice.kind,
        params=dict(notice.params),
        expected=notice.expected,
    )


@contextmanager
def _in_index_order(session: Session) -> Iterator[None]:
    """PostgreSQL, until it has counted the rows of a mailing, takes them for a few and sorts them all at each look."""
    if session.get_bind().dialect.name != "postgresql":
        yield
        return
    session.execute(_PLANNER, {"sorting": "off"})
    yield
    session.execute(_PLANNER, {"sorting": "on"})  # others may share the transaction


def _reserve(session: Session, platform: str, at: float, seconds: float) -> float:
    key = f"{PACE}:{platform}"
    pace = session.get(Setting, key, with_for_update=True)
    starts = next_start(at, pace.value["next"] if pace else 0.0)
    _keep(session, key, {"next": starts + seconds})
    return starts


def _keep(session: Session, key: str, value: dict[str, Any]) -> None:
    statement = insert(session, Setting).values(key=key, value=value)
    session.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": value}))


def _paused(session: Session, platform: str, now: datetime) -> bool:
    known = session.get(Setting, f"{PAUSE}:{platform}")
    return known is not None and datetime.fromisoformat(known.value["until"]) > now


def _due(now: datetime) -> ColumnElement[bool]:
    free = or_(Notice.claimed_until.is_(None), Notice.claimed_until <= now)
    return and_(Notice.status == NoticeStatus.PENDING, Notice.due_at <= now, free)


_ADDRESSED = MessengerAccount.id == addressed(Notice.person_id)


def _sent_by(platform: str) -> ColumnElement[bool]:
    return or_(MessengerAccount.id.is_(None), MessengerAccount.platform == platform)


def _bury(notice: Notice, why: str) -> None:
    notice.claimed_until = None
    if notice.status is NoticeStatus.PENDING:  # what was taken back meanwhile must not be sent again from the panel
        _end(notice, NoticeStatus.DEAD, why)


def _end(notice: Notice, status: NoticeStatus, why: str) -> None:
    move(notice, status)
    notice.error, notice.claimed_until = why[:200], None


def _may_go(
    session: Session, notice: Notice, person: Person, account: MessengerAccount | None, leaving: bool, caller: Caller
) -> bool:
    now = caller.now
    if notice.expires_at is not None and notice.expires_at <= now:
        _end(notice, NoticeStatus.CANCELLED, EXPIRED)
    elif person.erased_at is not None or leaving:
        _end(notice, NoticeStatus.CANCELLED, "withdrawn")
    elif account is None:
        somewhere = session.scalar(select(in_messenger(person.id)))
        _end(notice, NoticeStatus.DEAD, BLOCKED if somewhere else "nowhere")
    elif notice.expected:
        return True
    elif not person.reminders:
        _end(notice, NoticeStatus.CANCELLED, "not_wanted")
    else:
        return _waking(session, notice, caller)
    return False


def _waking(session: Session, notice: Notice, caller: Caller) -> bool:
    now = caller.now
    # The person's row is ours: no two processes find room for the week's last message.
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
    moment = allowed_moment(now, sent=moments, rules=dictionaries.rules(session), zone=caller.zone)
    if moment is None:
        _end(notice, NoticeStatus.CANCELLED, "not_wanted")
    elif moment > now:
        notice.due_at = moment
        if notice.expires_at is not None and notice.expires_at <= moment:
            _end(notice, NoticeStatus.CANCELLED, "expired")
    else:
        return True
    return False
