"""Reading pairs for the panel: lists within reach, a pair's page, who may become one of a pair."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload

from db.caller import StaffCaller
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Municipality
from db.errors import NotFoundError
from db.mentoring.mentors import components, has_room
from db.mentoring.models import (
    EndReason,
    Meeting,
    MeetingStatus,
    MentorWish,
    Pair,
    PairSide,
    PairStatus,
)
from db.mentoring.queries import MeetingLine, lines
from db.mentoring.rules import HOLDING
from db.people.models import Person, Role
from db.people.roles import holds
from db.scope import Scope
from db.search import matches

FOUND = 20
_Columns = tuple[Pair, str | None, str | None, int | None, str, str, datetime | None, int, bool]


@dataclass(frozen=True, slots=True)
class PanelPair:
    """A pair in the panel's list. `meetings` counts those that were held."""

    pair_id: int
    mentor_id: int
    mentee_id: int
    mentor: str | None
    mentee: str | None
    municipality: str | None
    mentor_municipality: str | None
    started_at: datetime
    ended_at: datetime | None
    last_contact_at: datetime
    next_at: datetime | None
    meetings: int
    silent: bool
    status: PairStatus
    colleagues: bool


@dataclass(frozen=True, slots=True)
class PanelCard:
    """A pair's page in the panel: the pair, its goals, all its meetings, the newest first."""

    pair: PanelPair
    mentor_id: int
    mentee_id: int
    municipality_id: int | None
    goals: str | None
    component: str | None
    mentor_agreed_at: datetime | None
    mentee_agreed_at: datetime | None
    declined_side: PairSide | None
    end_reason: EndReason | None
    meetings: tuple[MeetingLine, ...]


@dataclass(frozen=True, slots=True)
class WishRow:
    """A teacher who looks for a mentor, since when, and the component that they named."""

    person_id: int
    name: str | None
    municipality: str | None
    asked_at: datetime
    component: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may become one of a pair."""

    person_id: int
    name: str | None
    municipality: str | None
    organisation: str | None
    pairs: int


def pairs(
    session: Session,
    caller: StaffCaller,
    *,
    status: Collection[PairStatus] = (PairStatus.ACTIVE,),
    silent: bool = False,
    words: str = "",
    offset: int = 0,
    limit: int | None = 50,
) -> list[PanelPair]:
    """Lists pairs within reach, the longest silence first."""
    rules = dictionaries.rules(session)
    query = _panel_query(caller.now).where(
        *_panel_filter(session, caller.scope, caller.now, status=status, silent=silent, words=words)
    )
    rows = session.execute(query.order_by(Pair.last_contact_at, Pair.id).offset(offset).limit(limit))
    found = [_panel_pair(row, rules.mentoring_silence_days, caller.now) for row in rows]
    return found if caller.scope.sees_names else [replace(pair, mentor=None, mentee=None) for pair in found]


def count_pairs(
    session: Session, caller: StaffCaller, *, status: Collection[PairStatus], silent: bool = False, words: str = ""
) -> int:
    """Counts such pairs."""
    query = select(func.count()).select_from(Pair).join(_MENTOR, _MENTOR.id == Pair.mentor_id)
    query = query.join(_MENTEE, _MENTEE.id == Pair.mentee_id)
    found = session.scalar(
        query.where(*_panel_filter(session, caller.scope, caller.now, status=status, silent=silent, words=words))
    )
    return found or 0


def panel_card(session: Session, caller: StaffCaller, *, pair_id: int) -> PanelCard:
    """Reads a pair's page. Raises NotFoundError for one out of reach."""
    rules = dictionaries.rules(session)
    row = session.execute(_panel_query(caller.now).where(Pair.id == pair_id, _reach(caller.scope))).first()
    if row is None:
        raise NotFoundError
    meetings = session.scalars(select(Meeting).where(Meeting.pair_id == pair_id).order_by(Meeting.planned_at.desc()))
    return PanelCard(
        pair=_panel_pair(row, rules.mentoring_silence_days, caller.now),
        mentor_id=row.Pair.mentor_id,
        mentee_id=row.Pair.mentee_id,
        municipality_id=row.municipality_id,
        goals=row.Pair.goals,
        component=components(session).get(row.Pair.component or ""),
        mentor_agreed_at=row.Pair.mentor_agreed_at,
        mentee_agreed_at=row.Pair.mentee_agreed_at,
        declined_side=row.Pair.declined_side,
        end_reason=row.Pair.end_reason,
        meetings=lines(meetings.all(), caller.now),
    )


def mentors(session: Session, caller: StaffCaller) -> list[Candidate]:
    """Lists mentors within reach who may get a pair more, by name, with how many pairs they have now."""
    return _candidates(session, caller.scope, holds(Role.MENTOR) & has_room(Person.id), Pair.mentor_id, None)


def mentees(session: Session, caller: StaffCaller, *, words: str) -> list[Candidate]:
    """Finds up to twenty teachers within reach whose name has the words in it; fewer than two letters find nobody."""
    words = words.strip()
    if len(words) < 2:
        return []
    return _candidates(session, caller.scope, matches(words, Person.full_name), Pair.mentee_id, FOUND)


def wishes(session: Session, caller: StaffCaller, *, limit: int | None = None, offset: int = 0) -> list[WishRow]:
    """Lists teachers within reach who look for a mentor, who waits longest first."""
    titles, names = components(session), caller.scope.sees_names
    rows = session.scalars(
        _wishing(caller.scope, select(MentorWish))
        .options(joinedload(MentorWish.person).joinedload(Person.municipality))
        .order_by(MentorWish.asked_at, MentorWish.id)
        .offset(offset)
        .limit(limit)
    )
    return [
        WishRow(
            row.person_id,
            row.person.full_name if names else None,
            row.person.municipality.name if row.person.municipality else None,
            row.asked_at,
            titles.get(row.component or ""),
        )
        for row in rows
    ]


def count_wishes(session: Session, caller: StaffCaller) -> int:
    """Counts them."""
    return session.scalar(_wishing(caller.scope, select(func.count(MentorWish.id)))) or 0


def _wishing(scope: Scope, query: Select[Any]) -> Select[Any]:
    return query.join(Person, Person.id == MentorWish.person_id).where(
        MentorWish.closed_at.is_(None), scope.limits(Person), Person.erased_at.is_(None)
    )


_MENTOR, _MENTEE = aliased(Person), aliased(Person)


def _candidates(
    session: Session, scope: Scope, condition: ColumnElement[bool], side: InstrumentedAttribute[int], limit: int | None
) -> list[Candidate]:
    count = select(func.count()).where(side == Person.id, Pair.status.in_(HOLDING)).correlate(Person).scalar_subquery()
    people = session.execute(
        select(Person, count)
        .where(
            condition,
            scope.limits(Person),
            Person.erased_at.is_(None),
            Person.profile_saved_at.is_not(None),
        )
        .options(joinedload(Person.municipality), joinedload(Person.organisation))
        .order_by(Person.full_name, Person.id)
        .limit(limit)
    )
    return [
        Candidate(
            person.id,
            person.full_name,
            person.municipality.name if person.municipality else None,
            person.organisation.name if person.organisation else None,
            number,
        )
        for person, number in people
    ]


def _panel_query(
    now: datetime,
) -> Select[_Columns]:
    place, mentors_place = aliased(Municipality), aliased(Municipality)
    held = select(func.count()).where(Meeting.pair_id == Pair.id, Meeting.status == MeetingStatus.HELD)
    ahead = select(func.min(Meeting.planned_at)).where(
        Meeting.pair_id == Pair.id, Meeting.status == MeetingStatus.PLANNED, Meeting.planned_at > now
    )
    return (
        select(
            Pair,
            _MENTOR.full_name.label("mentor"),
            _MENTEE.full_name.label("mentee"),
            _MENTEE.municipality_id.label("municipality_id"),
            place.name.label("municipality"),
            mentors_place.name.label("mentor_municipality"),
            ahead.correlate(Pair).scalar_subquery().label("next_at"),
            held.correlate(Pair).scalar_subquery().label("meetings"),
            func.coalesce(_MENTOR.organisation_id == _MENTEE.organisation_id, false()).label("colleagues"),
        )
        .join(_MENTOR, _MENTOR.id == Pair.mentor_id)
        .join(_MENTEE, _MENTEE.id == Pair.mentee_id)
        .outerjoin(place, place.id == _MENTEE.municipality_id)
        .outerjoin(mentors_place, mentors_place.id == _MENTOR.municipality_id)
    )


def _panel_filter(
    session: Session, scope: Scope, now: datetime, *, status: Collection[PairStatus], silent: bool, words: str
) -> list[ColumnElement[bool]]:
    conditions = [_reach(scope), Pair.status.in_(status)]
    if silent:
        rules = dictionaries.rules(session)
        ahead = exists().where(
            Meeting.pair_id == Pair.id, Meeting.status == MeetingStatus.PLANNED, Meeting.planned_at > now
        )
        conditions += [Pair.last_contact_at <= now - timedelta(days=rules.mentoring_silence_days), ~ahead]
    return [*conditions, matches(words if scope.sees_names else "", _MENTOR.full_name, _MENTEE.full_name)]


def _panel_pair(row: Row[_Columns], days: int, now: datetime) -> PanelPair:
    pair = row.Pair
    quiet = pair.last_contact_at <= now - timedelta(days=days)
    return PanelPair(
        pair_id=pair.id,
        mentor_id=pair.mentor_id,
        mentee_id=pair.mentee_id,
        mentor=row.mentor,
        mentee=row.mentee,
        municipality=row.municipality,
        mentor_municipality=row.mentor_municipality,
        started_at=pair.started_at,
        ended_at=pair.ended_at,
        last_contact_at=pair.last_contact_at,
        next_at=row.next_at,
        meetings=row.meetings,
        silent=pair.status is PairStatus.ACTIVE and quiet and row.next_at is None,
        status=pair.status,
        colleagues=row.colleagues,
    )


def _reach(scope: Scope) -> ColumnElement[bool]:
    return or_(scope.limits(_MENTEE), scope.limits(_MENTOR))
