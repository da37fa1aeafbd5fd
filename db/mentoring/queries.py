"""Reading pairs and meetings: for the mentor, the mentee and the panel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from db.caller import PersonCaller
from db.diagnostics import queries as diagnostics
from db.dictionaries import queries as dictionaries
from db.errors import NotFoundError
from db.mentoring.models import Meeting, MeetingStatus, Pair, PairStatus
from db.mentoring.notices import prefix
from db.mentoring.rules import is_silent
from db.notices.models import Notice
from db.people.models import Person

SHOWN_MEETINGS = 3
_ABOUT = (joinedload(Person.position), joinedload(Person.subject), joinedload(Person.organisation))


@dataclass(frozen=True, slots=True)
class PairLine:
    """A pair in the list of a mentor or of a mentee: the other one's name, the next meeting, a long silence."""

    pair_id: int
    name: str | None
    next_at: datetime | None
    last_contact_at: datetime
    silent: bool


@dataclass(frozen=True, slots=True)
class MentoringHome:
    """A person's pairs: whom they accompany and who accompanies them."""

    mentees: tuple[PairLine, ...]
    mentors: tuple[PairLine, ...]


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """One meeting. `over` says that its time has come."""

    meeting_id: int
    pair_id: int
    at: datetime
    status: MeetingStatus
    topic: str | None
    outcome: str | None
    over: bool


@dataclass(frozen=True, slots=True)
class MenteeLevel:
    """One component of a result that the mentee has opened: its title and its level in words, where there is one."""

    component: str
    level: str | None


@dataclass(frozen=True, slots=True)
class PairCard:
    """A pair as one of the two sees it. `levels` are for the mentor alone, and only where the mentee opened them."""

    pair_id: int
    is_mentor: bool
    name: str | None
    position: str | None
    subject: str | None
    organisation: str | None
    goals: str | None
    started_at: datetime
    last_contact_at: datetime
    silent: bool
    ahead: tuple[MeetingLine, ...]
    unlogged: tuple[MeetingLine, ...]
    held: tuple[MeetingLine, ...]
    levels: tuple[MenteeLevel, ...]
    levels_at: datetime | None
    asked_today: bool


def home(session: Session, caller: PersonCaller) -> MentoringHome:
    """Reads both kinds of a person's working pairs, by the other one's name."""
    rules = dictionaries.rules(session)
    ahead = (
        select(Meeting.pair_id, func.min(Meeting.planned_at).label("at"))
        .where(Meeting.status == MeetingStatus.PLANNED, Meeting.planned_at > caller.now)
        .join(Pair)
        .where(_of(caller.person_id), Pair.status == PairStatus.ACTIVE)
        .group_by(Meeting.pair_id)
        .subquery()
    )
    other = aliased(Person)
    rows = session.execute(
        select(Pair, other.full_name, ahead.c.at)
        .join(other, other.id == case((Pair.mentor_id == caller.person_id, Pair.mentee_id), else_=Pair.mentor_id))
        .outerjoin(ahead, ahead.c.pair_id == Pair.id)
        .where(_of(caller.person_id), Pair.status == PairStatus.ACTIVE)
        .order_by(other.full_name, Pair.id)
    )
    mentees: list[PairLine] = []
    mentors: list[PairLine] = []
    for pair, name, at in rows:
        silent = is_silent(pair.last_contact_at, rules=rules, now=caller.now) and at is None
        line = PairLine(pair.id, name, at, pair.last_contact_at, silent)
        (mentees if pair.mentor_id == caller.person_id else mentors).append(line)
    return MentoringHome(tuple(mentees), tuple(mentors))


def card(session: Session, caller: PersonCaller, *, pair_id: int) -> PairCard:
    """Reads a pair for one of the two. Raises NotFoundError for anybody else and for a finished pair."""
    pair = session.scalar(
        select(Pair)
        .where(Pair.id == pair_id, Pair.status == PairStatus.ACTIVE, _of(caller.person_id))
        .options(joinedload(Pair.mentor).options(*_ABOUT), joinedload(Pair.mentee).options(*_ABOUT))
    )
    if pair is None:
        raise NotFoundError
    is_mentor = pair.mentor_id == caller.person_id
    other = pair.mentee if is_mentor else pair.mentor
    planned = lines(
        session.scalars(
            select(Meeting)
            .where(Meeting.pair_id == pair_id, Meeting.status == MeetingStatus.PLANNED)
            .order_by(Meeting.planned_at)
            .limit(20)
        ).all(),
        caller.now,
    )
    held = lines(
        session.scalars(
            select(Meeting)
            .where(Meeting.pair_id == pair_id, Meeting.status == MeetingStatus.HELD)
            .order_by(Meeting.planned_at.desc())
            .limit(SHOWN_MEETINGS)
        ).all(),
        caller.now,
    )
    opened = diagnostics.opened_to_mentor(session, caller, person_id=other.id) if is_mentor else None
    components = opened.components if opened else ()
    ahead = tuple(line for line in planned if not line.over)
    silent = is_silent(pair.last_contact_at, rules=dictionaries.rules(session), now=caller.now) and not ahead
    return PairCard(
        pair_id=pair.id,
        is_mentor=is_mentor,
        name=other.full_name,
        position=other.position.name if other.position else None,
        subject=other.subject.name if other.subject else None,
        organisation=other.organisation.name if other.organisation else None,
        goals=pair.goals,
        started_at=pair.started_at,
        last_contact_at=pair.last_contact_at,
        silent=silent,
        ahead=ahead,
        unlogged=tuple(line for line in planned if line.over),
        held=held,
        levels=tuple(MenteeLevel(line.component.title, line.level.name if line.level else None) for line in components),
        levels_at=opened.completed_at if opened else None,
        asked_today=not is_mentor and _asked_today(session, pair_id, caller.now, caller.zone),
    )


def meeting(session: Session, caller: PersonCaller, *, meeting_id: int) -> tuple[MeetingLine, bool, str | None]:
    """Returns a meeting for one of the pair, whether they are its mentor, the other's name. Raises NotFoundError."""
    row = session.scalar(
        select(Meeting)
        .join(Pair)
        .where(Meeting.id == meeting_id, Pair.status == PairStatus.ACTIVE, _of(caller.person_id))
        .options(joinedload(Meeting.pair).options(joinedload(Pair.mentor), joinedload(Pair.mentee)))
    )
    if row is None:
        raise NotFoundError
    is_mentor = row.pair.mentor_id == caller.person_id
    return lines([row], caller.now)[0], is_mentor, (row.pair.mentee if is_mentor else row.pair.mentor).full_name


def _of(person_id: int) -> ColumnElement[bool]:
    return or_(Pair.mentor_id == person_id, Pair.mentee_id == person_id)


def lines(meetings: Sequence[Meeting], now: datetime) -> tuple[MeetingLine, ...]:
    """Rows as lines of a list."""
    return tuple(
        MeetingLine(one.id, one.pair_id, one.planned_at, one.status, one.topic, one.outcome, over=one.planned_at <= now)
        for one in meetings
    )


def _asked_today(session: Session, pair_id: int, now: datetime, zone: ZoneInfo) -> bool:
    key = f"{prefix(pair_id)}asked:{now.astimezone(zone).date().isoformat()}"
    return bool(session.scalar(select(exists().where(Notice.key == key))))
