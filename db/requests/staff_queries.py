"""Reads requests for help for the panel: the list with what is late, one request, who could answer, known answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, joinedload

from db.caller import StaffCaller
from db.dictionaries.models import Municipality
from db.errors import NotFoundError
from db.events.queries import component_names
from db.people.models import Person
from db.requests import matching
from db.requests.models import (
    HelpFile,
    HelpMessage,
    HelpRequest,
    HelpTurn,
    KnowledgeLine,
    RequestStatus,
    Speaker,
    TurnEnd,
)
from db.requests.notices import topic_of
from db.requests.rules import AWAITED, OPEN
from db.search import matches

CANDIDATES = 8
STATES = ("open", "waiting", "closed")
"""What the list shows: all that are not closed, those that are the service's own to answer, closed ones."""


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests are wanted; `late` are those whose answer is awaited after its stated time."""

    state: str = "open"
    late: bool = False
    municipality_id: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class RequestRow:
    """A request in the panel's list. `assignee` is empty where the service answers, or where that is out of reach."""

    request_id: int
    person_id: int
    asker: str | None
    topic: str
    question: str
    municipality: str | None
    status: RequestStatus
    asked_at: datetime | None
    due_at: datetime | None
    late: bool
    assignee_id: int | None
    assignee: str | None
    answered_at: datetime | None
    helped: bool | None


@dataclass(frozen=True, slots=True)
class RequestPage:
    """A page of requests; `late` and `waiting` count all within reach."""

    rows: Sequence[RequestRow]
    total: int
    late: int
    waiting: int


@dataclass(frozen=True, slots=True)
class AnswerCandidate:
    """Somebody who may be given a request, with how many wait for them already."""

    person_id: int
    name: str | None
    municipality: str | None
    load: int


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it was; no name of whoever is out of reach."""

    person_id: int | None
    name: str | None
    given_at: datetime
    ended: TurnEnd | None


@dataclass(frozen=True, slots=True)
class PanelRequest:
    """A request's page: all words in their order, turns, how many files, and whether an answer is in the list."""

    row: RequestRow
    said: Sequence[tuple[Speaker, str | None, datetime]]
    turns: Sequence[Turn]
    files: int
    line: KnowledgeLine | None
    not_own_school: bool


def requests(
    session: Session,
    caller: StaffCaller,
    *,
    wanted: RequestFilter | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> RequestPage:
    """Finds the requests within reach that are wanted: by their stated time, closed ones by their end."""
    wanted = wanted or RequestFilter()
    seen = caller.scope.limits(HelpRequest), HelpRequest.status != RequestStatus.DRAFT
    found = and_(*seen, *_wanted(wanted))
    order: tuple[Any, ...] = (HelpRequest.due_at, HelpRequest.id)
    if wanted.state == "closed" and not wanted.late:  # both the same way round, so that an index holds this order
        order = (HelpRequest.closed_at.desc(), HelpRequest.id.desc())
    # Which stand on the page first: who asked and who answers is looked for of those alone.
    page = select(HelpRequest.id).where(found).order_by(*order).limit(limit).offset(offset).subquery()
    rows = session.scalars(_rows().join(page, page.c.id == HelpRequest.id).order_by(*order)).all()
    names = component_names(session)

    def count(*which: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count(HelpRequest.id)).where(*which)) or 0

    return RequestPage(
        rows=[_row(session, caller, row, names) for row in rows],
        total=count(found),
        late=count(*seen, *_wanted(RequestFilter(late=True))),
        waiting=count(*seen, HelpRequest.status == RequestStatus.WAITING),
    )


def late_or_waiting(session: Session, caller: StaffCaller) -> int:
    """Counts what is the service's to see to: requests of the queue, and those answered by nobody in their time."""
    which = or_(
        HelpRequest.status == RequestStatus.WAITING,
        and_(HelpRequest.status == RequestStatus.ASSIGNED, HelpRequest.late_at.is_not(None)),
    )
    return session.scalar(select(func.count(HelpRequest.id)).where(caller.scope.limits(HelpRequest), which)) or 0


def card(session: Session, caller: StaffCaller, *, request_id: int) -> PanelRequest:
    """Reads one request. Raises NotFoundError for what is out of reach or not sent."""
    row = session.scalar(_rows().where(HelpRequest.id == request_id, HelpRequest.status != RequestStatus.DRAFT))
    if row is None:
        raise NotFoundError
    caller.scope.check(row)
    said = session.execute(
        select(HelpMessage.speaker, HelpMessage.text, HelpMessage.said_at)
        .where(HelpMessage.request_id == request_id)
        .order_by(HelpMessage.id)
    )
    turns = session.scalars(select(HelpTurn).where(HelpTurn.request_id == request_id).order_by(HelpTurn.id))
    return PanelRequest(
        row=_row(session, caller, row, component_names(session)),
        said=[(one[0], one[1], one[2]) for one in said],
        turns=[_turn(caller, turn) for turn in turns],
        files=session.scalar(select(func.count(HelpFile.id)).where(HelpFile.request_id == request_id)) or 0,
        line=session.scalar(select(KnowledgeLine).where(KnowledgeLine.request_id == request_id)),
        not_own_school=row.not_own_school,
    )


def candidates(session: Session, caller: StaffCaller, *, request_id: int) -> list[AnswerCandidate]:
    """Lists who within reach may be given a request, the best first; those who have much to answer are told apart."""
    request = session.get(HelpRequest, request_id)
    if request is None or request.status not in OPEN:
        return []
    within = caller.scope.limits(Person)
    found = matching.fitting(session, request, limit=CANDIDATES, full=True, only=[within])
    people = {
        person.id: person
        for person in session.scalars(
            select(Person)
            .where(Person.id.in_([one.person_id for one in found]))
            .options(joinedload(Person.municipality))
        )
    }
    return [
        AnswerCandidate(
            one.person_id, person.full_name, person.municipality.name if person.municipality else None, one.load
        )
        for one in found
        for person in (people[one.person_id],)
    ]


def known_answers(
    session: Session, caller: StaffCaller, *, limit: int | None = None, offset: int = 0
) -> tuple[list[tuple[KnowledgeLine, str]], int]:
    """Lists the answers that are offered before one asks, with their topics, and how many there are."""
    names = component_names(session)
    rows = session.scalars(
        select(KnowledgeLine)
        .options(joinedload(KnowledgeLine.direction), joinedload(KnowledgeLine.group))
        .order_by(KnowledgeLine.active.desc(), KnowledgeLine.helped.desc(), KnowledgeLine.id.desc())
        .limit(limit)
        .offset(offset)
    )
    total = session.scalar(select(func.count(KnowledgeLine.id))) or 0
    return [(row, topic_of(session, row, names)) for row in rows], total


def _wanted(wanted: RequestFilter) -> list[ColumnElement[bool]]:
    states = {"waiting": (RequestStatus.WAITING,), "closed": (RequestStatus.CLOSED,)}
    conditions: list[ColumnElement[bool]] = [
        HelpRequest.status.in_(AWAITED if wanted.late else states.get(wanted.state, OPEN))
    ]
    if wanted.late:
        conditions.append(HelpRequest.late_at.is_not(None))
    if wanted.municipality_id is not None:
        conditions.append(HelpRequest.municipality_id == wanted.municipality_id)
    if wanted.text:
        conditions.append(matches(wanted.text, HelpRequest.question))
    return conditions


def _rows() -> Select[HelpRequest]:
    return select(HelpRequest).options(
        joinedload(HelpRequest.person),
        joinedload(HelpRequest.assignee),
        joinedload(HelpRequest.direction),
        joinedload(HelpRequest.group),
    )


def _row(session: Session, caller: StaffCaller, row: HelpRequest, names: dict[str, str]) -> RequestRow:
    town = session.get(Municipality, row.municipality_id) if row.municipality_id is not None else None
    near = row.assignee if row.assignee is not None and caller.scope.sees(row.assignee) else None
    return RequestRow(
        request_id=row.id,
        person_id=row.person_id,
        asker=row.person.full_name,
        topic=topic_of(session, row, names),
        question=row.question or "",
        municipality=town.name if town is not None else None,
        status=row.status,
        asked_at=row.asked_at,
        due_at=row.due_at,
        late=row.late_at is not None and row.status in AWAITED,
        assignee_id=near.id if near is not None else None,
        assignee=near.full_name if near is not None else None,
        answered_at=row.answered_at,
        helped=row.helped,
    )


def _turn(caller: StaffCaller, turn: HelpTurn) -> Turn:
    near = caller.scope.sees(turn.person)
    return Turn(turn.person_id if near else None, turn.person.full_name if near else None, turn.given_at, turn.ended)
