"""Reading broadcasts: whom one would reach, the list, one with what became of it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import Session, joinedload

from db.accounts.models import Staff
from db.broadcasts.models import Broadcast, BroadcastRecipient, BroadcastStatus
from db.caller import StaffCaller
from db.dictionaries import queries as dictionaries
from db.errors import NotFoundError
from db.notices.models import Notice, NoticeStatus
from db.notices.rules import waking_moment
from db.people.models import Consent, Person, Role
from db.people.queries import in_messenger, reachable
from db.people.roles import holds
from db.people.rules import YOUNG


@dataclass(frozen=True, slots=True)
class BroadcastAudience:
    """Everybody within the municipality, with the role and the position; what is not set narrows nothing.

    The `young` have worked for less than three years; of whom that is not known is not one of them.
    """

    municipality_id: int | None = None
    role: Role | None = None
    position_id: int | None = None
    young: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """How many of an audience will be told, and how many won't: they blocked the bot or want no such messages."""

    count: int
    deaf: int


@dataclass(frozen=True, slots=True)
class BroadcastLine:
    """A broadcast in the list."""

    broadcast_id: int
    text: str
    status: BroadcastStatus
    municipality: str | None
    role: Role | None
    position: str | None
    young: bool
    confirmed: int | None
    created_at: datetime
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts what became of a broadcast's notices.

    Still to be put in, put in and waiting (`later` of them for another day), arrived, not arrived, dropped. Who left
    before their turn counts as dropped.
    """

    ahead: int
    waiting: int
    later: int
    sent: int
    dead: int
    dropped: int


@dataclass(frozen=True, slots=True)
class BroadcastCard:
    """Holds what a broadcast's page shows.

    `words` are what its notices say; `reach` is of a draft, `progress` of what went; `begins` is when quiet hours end,
    if they keep it from going now; `a_week` such messages come to a person at most.
    """

    line: BroadcastLine
    words: dict[str, str]
    audience: BroadcastAudience
    revision: int
    author: str
    ended_at: datetime | None
    reach: Reach | None
    progress: Progress | None
    begins: datetime | None
    a_week: int


_HEARS = and_(reachable(Person.id), Person.reminders)


def audience_of(broadcast: Broadcast) -> BroadcastAudience:
    """Whom a broadcast is for."""
    return BroadcastAudience(broadcast.municipality_id, broadcast.role, broadcast.position_id, broadcast.young)


def words(broadcast: Broadcast) -> dict[str, str]:
    """What its notices say: the text, and of which municipality's service, if not the region's."""
    place = {"place": broadcast.municipality.name} if broadcast.municipality else {}
    return {"text": broadcast.text, **place}


def listeners(audience: BroadcastAudience) -> Select[int]:
    """Ids of the people who will be told: within the audience, with a consent in force, reachable, not unwilling."""
    return select(Person.id).where(_within(audience), _HEARS)


def left(broadcast: Broadcast) -> Select[int]:
    """Those of a broadcast's listeners that no notice was put in for yet."""
    return listeners(audience_of(broadcast)).where(Person.id.between(broadcast.reached + 1, broadcast.up_to))


def waits(session: Session, *, broadcast_id: int) -> bool:
    """Whether a notice of it is still to be sent."""
    pending = exists().where(
        Notice.status == NoticeStatus.PENDING,
        BroadcastRecipient.notice_id == Notice.id,
        BroadcastRecipient.broadcast_id == broadcast_id,
    )
    return bool(session.scalar(select(pending)))


def reach(session: Session, *, audience: BroadcastAudience) -> Reach:
    """How many people a broadcast to this audience would reach."""
    counts = select(func.count().filter(_HEARS), func.count().filter(~_HEARS))
    return Reach(*session.execute(counts.select_from(Person).where(_within(audience))).one())


def listing(session: Session, caller: StaffCaller, *, offset: int = 0, limit: int | None = 50) -> list[BroadcastLine]:
    """Broadcasts within reach, the newest first."""
    query = (
        select(Broadcast)
        .where(caller.scope.limits(Broadcast))
        .options(joinedload(Broadcast.municipality), joinedload(Broadcast.position))
        .order_by(Broadcast.id.desc())
    )
    return [_line(one) for one in session.scalars(query.offset(offset).limit(limit))]


def count(session: Session, caller: StaffCaller) -> int:
    """How many broadcasts there are within reach."""
    query = select(func.count()).select_from(Broadcast).where(caller.scope.limits(Broadcast))
    return session.scalar(query) or 0


def card(session: Session, caller: StaffCaller, *, broadcast_id: int) -> BroadcastCard:
    """One broadcast. Raises NotFoundError for one out of reach."""
    broadcast = session.get(Broadcast, broadcast_id)
    if broadcast is None or not caller.scope.sees(broadcast):
        raise NotFoundError
    audience = audience_of(broadcast)
    draft = broadcast.status is BroadcastStatus.DRAFT
    ahead = draft or broadcast.status is BroadcastStatus.GOING
    rules = dictionaries.rules(session)
    begins = waking_moment(caller.now, rules=rules, zone=caller.zone)
    return BroadcastCard(
        line=_line(broadcast),
        words=words(broadcast),
        audience=audience,
        revision=broadcast.revision,
        author=session.scalars(select(Staff.name).where(Staff.id == broadcast.created_by)).one(),
        ended_at=broadcast.ended_at,
        reach=reach(session, audience=audience) if draft else None,
        progress=None if draft else _progress(session, broadcast, caller.now),
        begins=begins if ahead and begins > caller.now else None,
        a_week=rules.unasked_per_week,
    )


def _within(audience: BroadcastAudience) -> ColumnElement[bool]:
    conditions = [
        in_messenger(Person.id),
        exists().where(Consent.person_id == Person.id, Consent.withdrawn_at.is_(None)),
    ]
    if audience.municipality_id is not None:
        conditions.append(Person.municipality_id == audience.municipality_id)
    if audience.position_id is not None:
        conditions.append(Person.position_id == audience.position_id)
    if audience.young:
        conditions.append(Person.experience_years < YOUNG)
    if audience.role is not None:
        conditions.append(holds(audience.role))
    return and_(*conditions)


def _progress(session: Session, broadcast: Broadcast, now: datetime) -> Progress:
    mine = BroadcastRecipient.broadcast_id == broadcast.id
    rows = session.execute(
        select(Notice.status, func.count())
        .join(BroadcastRecipient, BroadcastRecipient.notice_id == Notice.id)
        .where(mine)
        .group_by(Notice.status)
    )
    found = dict(rows.all())
    later = (
        select(func.count())
        .select_from(Notice)
        .join(BroadcastRecipient, BroadcastRecipient.notice_id == Notice.id)
        .where(mine, Notice.status == NoticeStatus.PENDING, Notice.due_at > now)
    )
    ahead, never = 0, 0
    if broadcast.status is BroadcastStatus.GOING:
        ahead = session.scalar(select(func.count()).select_from(left(broadcast).subquery())) or 0
    else:
        never = max(0, (broadcast.confirmed or 0) - sum(found.values()))
    return Progress(
        ahead=ahead,
        waiting=found.get(NoticeStatus.PENDING, 0),
        later=session.scalar(later) or 0,
        sent=found.get(NoticeStatus.SENT, 0),
        dead=found.get(NoticeStatus.DEAD, 0),
        dropped=found.get(NoticeStatus.CANCELLED, 0) + never,
    )


def _line(broadcast: Broadcast) -> BroadcastLine:
    return BroadcastLine(
        broadcast_id=broadcast.id,
        text=broadcast.text,
        status=broadcast.status,
        municipality=broadcast.municipality.name if broadcast.municipality else None,
        role=broadcast.role,
        position=broadcast.position.name if broadcast.position else None,
        young=broadcast.young,
        confirmed=broadcast.confirmed,
        created_at=broadcast.created_at,
        started_at=broadcast.started_at,
    )
