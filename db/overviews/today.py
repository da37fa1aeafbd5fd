"""What waits for a methodist: the figures of the panel's first page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from db.appeals import staff_queries as appeals
from db.applications import campaigns
from db.applications.models import Application, ApplicationStatus
from db.caller import StaffCaller
from db.commission.reviews import own_waiting
from db.dictionaries.models import Organisation
from db.events.models import Event, EventStatus, Registration, RegistrationStatus
from db.groups.tree import headless
from db.inbox.models import IncomingUpdate, UpdateStatus
from db.mentoring.models import PairStatus
from db.mentoring.staff_queries import count_pairs, count_wishes
from db.motions import staff_queries as motions
from db.network.staff_queries import NetworkMemberRow, running_out
from db.notices.models import Notice, NoticeStatus
from db.overviews import leaving
from db.people import staff_queries
from db.people.models import Person
from db.people.staff_queries import PersonRow
from db.practices.staff_queries import awaiting_experts
from db.presence.models import EventSession
from db.requests.staff_queries import late_or_waiting
from db.scope import Scope
from db.training import staff_queries as training

WEEK = timedelta(days=7)
LONG_WAIT = timedelta(days=5)
NEWCOMERS = 6
AGREEMENTS = 5
FEW = 10


@dataclass(frozen=True, slots=True)
class Waiting:
    """Applications that somebody waits to hear about. `overdue` have waited for more than five days."""

    submitted: int
    oldest: datetime | None
    oldest_id: int | None
    overdue: int
    mine: int
    untaken: int
    returned: int


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of these days with its seats; `waiting` people stand in the line."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    capacity: int | None
    seated: int
    waiting: int


@dataclass(frozen=True, slots=True)
class FewSigned:
    """An event ahead with fewer people than its minimum: to call off, to move or to hold anyway."""

    id: int
    title: str
    starts_at: datetime
    signed: int
    minimum: int


@dataclass(frozen=True, slots=True)
class Today:
    """All that the first page shows. `stuck` and `failed` are None where the account does not deal with them.

    `headless` groups work without a head; `silent_pairs` have not met for long although their mentors were reminded.
    `selections`: whether the service knows selections; without them nobody waits for a decision.
    """

    waiting: Waiting
    today: Sequence[Happening]
    soon: Sequence[Happening]
    failed: int | None
    stuck: int | None
    unconfirmed: int
    headless: int
    silent_pairs: int
    newcomers: int
    newest: Sequence[PersonRow]
    selections: bool
    agreements: Sequence[NetworkMemberRow]
    """Of the network, those whose term is running out or over: for who may renew them."""
    few: Sequence[FewSigned]
    leaving: int
    """People who leave, or have the bot blocked, and still answer for something."""

    requests: int
    """Requests for help that nobody but the service sees to: for who may answer them."""
    wishes: int
    """Teachers who look for a mentor: for who may propose one."""
    practices: int
    """Practices that still lack an expert: for who may appoint one."""

    reviews: int
    """Applications that a commission gave to this account and that it has not reviewed yet."""

    appeals: int
    """Refused teachers who wait for another look: for who may answer them."""

    motions: int
    """Proposals that wait for this account's answer."""

    training: int
    """Records of training whose papers wait to be checked: for who may confirm them."""

    @property
    def calm(self) -> bool:
        """Whether nothing waits at all."""
        return not (
            self.waiting.submitted
            or self.today
            or self.failed
            or self.stuck
            or self.unconfirmed
            or self.agreements
            or self.few
            or self.leaving
            or self.requests
            or self.wishes
            or self.practices
            or self.reviews
            or self.appeals
            or self.motions
            or self.training
        )


def today(session: Session, caller: StaffCaller) -> Today:
    """Returns the figures for this account, on the local day that it is now."""
    scope, now = caller.scope, caller.now
    begins, ends = _local_day(caller)
    return Today(
        waiting=waiting_of(session, scope, now),
        today=happenings(session, scope, begins, ends, limit=20),
        soon=happenings(session, scope, ends, ends + WEEK, limit=5),
        failed=_failed(session, scope),
        stuck=_stuck(session) if scope.is_admin else None,
        unconfirmed=_unconfirmed(session, scope),
        headless=headless(session, caller),
        silent_pairs=count_pairs(session, caller, status=(PairStatus.ACTIVE,), silent=True),
        newcomers=_newcomers(session, scope, now),
        newest=_newest(session, scope, now),
        selections=campaigns.any_held(session),
        agreements=running_out(session, caller, limit=AGREEMENTS) if scope.is_regional and scope.can_write else (),
        few=_few(session, caller) if scope.can_write else (),
        leaving=leaving.waiting(session, caller),
        requests=late_or_waiting(session, caller) if scope.can_write else 0,
        wishes=count_wishes(session, caller) if scope.can_write else 0,
        practices=awaiting_experts(session, caller) if scope.can_write else 0,
        reviews=own_waiting(session, caller) if scope.can_write else 0,
        appeals=appeals.waiting(session, caller) if scope.is_regional and scope.can_write else 0,
        motions=motions.waiting(session, caller) if scope.can_write else 0,
        training=training.waiting(session, caller) if scope.can_write else 0,
    )


def _few(session: Session, caller: StaffCaller) -> list[FewSigned]:
    signed = Event.seated + Event.online_seated
    found = session.execute(
        select(Event.id, Event.title, Event.starts_at, signed, Event.minimum)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at > caller.now,
            Event.minimum_asked_at.is_not(None),
            Event.minimum_settled_at.is_(None),
            Event.minimum > signed,
            caller.scope.limits(Event),
        )
        .order_by(Event.starts_at, Event.id)
        .limit(FEW)
    )
    return [FewSigned(number, title, at, people, minimum or 0) for number, title, at, people, minimum in found]


def _local_day(caller: StaffCaller) -> tuple[datetime, datetime]:
    """Returns the first moments of the local day and of the next one, in UTC."""
    day = caller.now.astimezone(caller.zone).date()
    begins, ends = (datetime.combine(one, time(), caller.zone) for one in (day, day + timedelta(days=1)))
    return begins.astimezone(UTC), ends.astimezone(UTC)


def waiting_of(session: Session, scope: Scope, now: datetime) -> Waiting:
    """Counts the applications within reach that wait for a decision."""
    within = scope.limits(Application)
    submitted = Application.status == ApplicationStatus.SUBMITTED
    row = session.execute(
        select(
            func.count(),
            func.count().filter(Application.submitted_at < now - LONG_WAIT),
            func.count().filter(Application.assigned_to == scope.staff_id),
            func.count().filter(Application.assigned_to.is_(None)),
        ).where(submitted, within)
    ).one()
    oldest = session.execute(
        select(Application.id, Application.submitted_at)
        .where(submitted, within)
        .order_by(Application.submitted_at, Application.id)
        .limit(1)
    ).first()
    returned = session.scalar(
        select(func.count()).select_from(Application).where(Application.status == ApplicationStatus.RETURNED, within)
    )
    return Waiting(
        submitted=row[0],
        oldest=oldest.submitted_at if oldest else None,
        oldest_id=oldest.id if oldest else None,
        overdue=row[1],
        mine=row[2],
        untaken=row[3],
        returned=returned or 0,
    )


def happenings(session: Session, scope: Scope, since: datetime, until: datetime, limit: int) -> list[Happening]:
    """Lists events of some days within reach, the region's and the network's too; what is held by parts, by them."""
    queue = (
        select(func.count())
        .where(Registration.event_id == Event.id, Registration.status == RegistrationStatus.WAITING)
        .correlate(Event)
        .scalar_subquery()
    )
    begins = func.coalesce(EventSession.starts_at, Event.starts_at)
    ends = func.coalesce(EventSession.ends_at, Event.ends_at)
    found = session.execute(
        select(Event.id, Event.title, begins, ends, Event.capacity, Event.seated, queue)
        .outerjoin(EventSession, and_(EventSession.event_id == Event.id, Event.by_parts))
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at < until,
            Event.ends_at > since,
            begins < until,
            ends > since,
            or_(scope.limits(Event), Event.municipality_id.is_(None), Event.for_network),
        )
        .order_by(begins, Event.id)
        .limit(limit)
    )
    return [Happening(*row) for row in found]


def _failed(session: Session, scope: Scope) -> int:
    statement = select(func.count()).select_from(Notice).where(Notice.status == NoticeStatus.DEAD)
    if scope.municipality_ids is not None:
        statement = statement.join(Person, Person.id == Notice.person_id).where(scope.limits(Person))
    return session.scalar(statement) or 0


def _stuck(session: Session) -> int:
    return (
        session.scalar(
            select(func.count()).select_from(IncomingUpdate).where(IncomingUpdate.status == UpdateStatus.QUARANTINED)
        )
        or 0
    )


def _unconfirmed(session: Session, scope: Scope) -> int:
    return (
        session.scalar(
            select(func.count()).select_from(Organisation).where(~Organisation.confirmed, scope.limits(Organisation))
        )
        or 0
    )


def _newcomers(session: Session, scope: Scope, now: datetime) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(Person)
            .where(Person.profile_saved_at > now - WEEK, Person.erased_at.is_(None), scope.limits(Person))
        )
        or 0
    )


def _newest(session: Session, scope: Scope, now: datetime) -> list[PersonRow]:
    if not scope.sees_names:
        return []
    ids = session.scalars(
        select(Person.id)
        .where(Person.profile_saved_at > now - WEEK, Person.erased_at.is_(None), scope.limits(Person))
        .order_by(Person.profile_saved_at.desc(), Person.id.desc())
        .limit(NEWCOMERS)
    ).all()
    return staff_queries.rows(session, person_ids=ids)
