"""Reading pairs and meetings: for the mentor, the mentee and the panel."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Integer, and_, bindparam, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from db.caller import PersonCaller
from db.diagnostics import queries as diagnostics
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Organisation, Term
from db.errors import NotFoundError
from db.mentoring.models import Meeting, MeetingKind, MeetingSeries, MeetingStatus, Pair, PairStatus
from db.mentoring.notices import asked_for, prefix
from db.mentoring.proposals import own_wish, waiting
from db.mentoring.rules import LASTS, WORKING, is_silent
from db.notices.models import Notice
from db.notices.rules import waking_moment
from db.people.models import Person

SHOWN_MEETINGS = 3


@dataclass(frozen=True, slots=True)
class PairLine:
    """A pair in the list of a mentor or of a mentee: the other one's name, the next meeting, a long silence, a rest."""

    pair_id: int
    name: str | None
    next_at: datetime | None
    last_contact_at: datetime
    silent: bool
    paused: bool = False


@dataclass(frozen=True, slots=True)
class MentoringHome:
    """A person's pairs: whom they accompany and who accompanies them; proposals that wait for them.

    `wishes` says that the person looks for a mentor.
    """

    mentees: tuple[PairLine, ...]
    mentors: tuple[PairLine, ...]
    proposals: tuple[tuple[int, str | None, bool], ...] = ()
    wishes: bool = False


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """One meeting. `over` says that its time has come, `unplanned` that it was written down after it was held.

    `weeks` and `until` are of its series, where it is asked for alone, and `later` how many more are planned after it.
    """

    meeting_id: int
    pair_id: int
    at: datetime
    status: MeetingStatus
    topic: str | None
    outcome: str | None
    kind: MeetingKind
    over: bool
    unplanned: bool
    weeks: int | None = None
    until: date | None = None
    later: int = 0
    series_id: int | None = None


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
    paused: bool

    def beside(self, meeting_id: int, *, row: bool = False) -> MeetingLine | None:
        """Returns the first other meeting that begins before a planned one is over, or the other way round.

        With `row` the later ones of the meeting's series are looked at too. Nothing for a meeting that is not ahead.
        """
        this = next((one for one in self.ahead if one.meeting_id == meeting_id), None)
        if this is None:
            return None
        together = {this.meeting_id: this.at}
        if row and this.series_id is not None:
            later = (one for one in self.ahead if one.series_id == this.series_id and one.at > this.at)
            together |= {one.meeting_id: one.at for one in later}
        near = (
            one
            for one in self.ahead
            if one.meeting_id not in together and any(abs(one.at - at) < LASTS for at in together.values())
        )
        return next(near, None)


def home(session: Session, caller: PersonCaller) -> MentoringHome:
    """Reads both kinds of a person's working pairs, by the other one's name."""
    rules = dictionaries.rules(session)
    mentees: list[PairLine] = []
    mentors: list[PairLine] = []
    for row in session.execute(_PAIRS, {"person": caller.person_id, "now": caller.now}):
        paused = row.status is PairStatus.PAUSED
        silent = not paused and row.next_at is None and is_silent(row.last_contact_at, rules=rules, now=caller.now)
        line = PairLine(row.id, row.full_name, row.next_at, row.last_contact_at, silent, paused)
        (mentees if row.mentor_id == caller.person_id else mentors).append(line)
    wishes, _, _ = own_wish(session, caller)
    return MentoringHome(tuple(mentees), tuple(mentors), tuple(waiting(session, caller)), wishes)


def accompanied(session: Session, caller: PersonCaller) -> int:
    """Counts the people whom the person accompanies as a mentor now."""
    own = select(func.count()).where(Pair.mentor_id == caller.person_id, Pair.status == PairStatus.ACTIVE)
    return session.scalar(own) or 0


def has_mentor(session: Session, caller: PersonCaller) -> bool:
    """Returns whether somebody accompanies the person now."""
    return bool(session.scalar(_MENTOR, {"person": caller.person_id}))


def card(session: Session, caller: PersonCaller, *, pair_id: int) -> PairCard:
    """Reads a pair for one of the two. Raises NotFoundError for anybody else and for a finished pair."""
    asked = {"pair": pair_id, "person": caller.person_id}
    pair = session.execute(_PAIR, asked).one_or_none()
    if pair is None:
        raise NotFoundError
    is_mentor = pair.mentor_id == caller.person_id
    planned = lines(session.scalars(_PLANNED, asked).all(), caller.now)
    held = lines(session.scalars(_HELD, asked).all(), caller.now)
    paused = pair.status is PairStatus.PAUSED
    seen = is_mentor and not paused
    opened = diagnostics.opened_to_mentor(session, caller, person_id=pair.other_id) if seen else None
    components = opened.components if opened else ()
    ahead = tuple(line for line in planned if not line.over)
    quiet = is_silent(pair.last_contact_at, rules=dictionaries.rules(session), now=caller.now)
    return PairCard(
        pair_id=pair.id,
        is_mentor=is_mentor,
        name=pair.full_name,
        position=pair.position,
        subject=pair.subject,
        organisation=pair.organisation,
        goals=pair.goals,
        started_at=pair.started_at,
        last_contact_at=pair.last_contact_at,
        silent=quiet and not ahead and not paused,
        ahead=ahead,
        unlogged=tuple(line for line in planned if line.over),
        held=held,
        levels=tuple(MenteeLevel(line.component.title, line.level.name if line.level else None) for line in components),
        levels_at=opened.completed_at if opened else None,
        asked_today=not is_mentor and _is_asked(session, caller, pair_id),
        paused=paused,
    )


def meeting(session: Session, caller: PersonCaller, *, meeting_id: int) -> tuple[MeetingLine, bool, str | None]:
    """Returns a meeting for one of the pair, whether they are its mentor, the other's name. Raises NotFoundError."""
    row = session.execute(_MEETING, {"meeting": meeting_id, "person": caller.person_id}).one_or_none()
    if row is None:
        raise NotFoundError
    (line,) = lines([row.Meeting], caller.now)
    if row.weeks is not None:
        line = replace(line, weeks=row.weeks, until=row.until, later=row.later)
    return line, row.mentor_id == caller.person_id, row.full_name


def ahead(session: Session, caller: PersonCaller, *, pair_id: int) -> tuple[Sequence[Meeting], str | None] | None:
    """Returns the planned meetings of one's own pair and the other one's name; nothing once the pair has ended."""
    pair = session.execute(_PAIR, {"pair": pair_id, "person": caller.person_id}).one_or_none()
    if pair is None:
        return None
    planned = Meeting.pair_id == pair_id, Meeting.status == MeetingStatus.PLANNED, Meeting.planned_at > caller.now
    return session.scalars(select(Meeting).where(*planned).order_by(Meeting.planned_at)).all(), pair.full_name


def lines(meetings: Sequence[Meeting], now: datetime) -> tuple[MeetingLine, ...]:
    """Rows as lines of a list."""
    return tuple(
        MeetingLine(
            meeting_id=one.id,
            pair_id=one.pair_id,
            at=one.planned_at,
            status=one.status,
            topic=one.topic,
            outcome=one.outcome,
            kind=one.kind,
            over=one.planned_at <= now,
            unplanned=one.unplanned,
            series_id=one.series_id,
        )
        for one in meetings
    )


def _is_asked(session: Session, caller: PersonCaller, pair_id: int) -> bool:
    due = waking_moment(caller.now, rules=dictionaries.rules(session), zone=caller.zone)
    return bool(session.scalar(select(exists().where(Notice.key == prefix(pair_id) + asked_for(due, caller)))))


# Asked at every tap of mentoring: built once, for building a statement costs more than running it.
_PERSON = bindparam("person", type_=Integer)
_OF = and_(Pair.status.in_(WORKING), or_(Pair.mentor_id == _PERSON, Pair.mentee_id == _PERSON))
_OTHER = case((Pair.mentor_id == _PERSON, Pair.mentee_id), else_=Pair.mentor_id)
_NEXT = select(func.min(Meeting.planned_at)).where(
    Meeting.pair_id == Pair.id, Meeting.status == MeetingStatus.PLANNED, Meeting.planned_at > bindparam("now")
)
_PAIRS = (
    select(
        Pair.id,
        Pair.mentor_id,
        Pair.status,
        Pair.last_contact_at,
        Person.full_name,
        _NEXT.scalar_subquery().label("next_at"),
    )
    .join(Person, Person.id == _OTHER)
    .where(_OF)
    .order_by(Person.full_name, Pair.id)
)
_MENTOR = select(exists().where(Pair.mentee_id == _PERSON, Pair.status == PairStatus.ACTIVE))
_POSITION, _SUBJECT = Term.__table__.alias(), Term.__table__.alias()
_PAIR = (
    select(
        Pair.id,
        Pair.mentor_id,
        Pair.status,
        Pair.goals,
        Pair.started_at,
        Pair.last_contact_at,
        Person.id.label("other_id"),
        Person.full_name,
        _POSITION.c.name.label("position"),
        _SUBJECT.c.name.label("subject"),
        Organisation.name.label("organisation"),
    )
    .join(Person, Person.id == _OTHER)
    .outerjoin(_POSITION, _POSITION.c.id == Person.position_id)
    .outerjoin(_SUBJECT, _SUBJECT.c.id == Person.subject_id)
    .outerjoin(Organisation, Organisation.id == Person.organisation_id)
    .where(Pair.id == bindparam("pair"), _OF)
)
_MEETINGS = select(Meeting).where(Meeting.pair_id == bindparam("pair"))
# All of them: half a year of meetings that nobody told of would hide the one that is next.
_PLANNED = _MEETINGS.where(Meeting.status == MeetingStatus.PLANNED).order_by(Meeting.planned_at)
_HELD = _MEETINGS.where(Meeting.status == MeetingStatus.HELD).order_by(Meeting.planned_at.desc()).limit(SHOWN_MEETINGS)
_AFTER = aliased(Meeting)
_LATER = select(func.count(_AFTER.id)).where(
    _AFTER.series_id == Meeting.series_id,
    _AFTER.status == MeetingStatus.PLANNED,
    _AFTER.planned_at > Meeting.planned_at,
)
_MEETING = (
    select(
        Meeting,
        Pair.mentor_id,
        Person.full_name,
        MeetingSeries.weeks,
        MeetingSeries.until,
        _LATER.correlate(Meeting).scalar_subquery().label("later"),
    )
    .join(Pair, Pair.id == Meeting.pair_id)
    .join(Person, Person.id == _OTHER)
    .outerjoin(MeetingSeries, MeetingSeries.id == Meeting.series_id)
    .where(Meeting.id == bindparam("meeting"), _OF)
)
