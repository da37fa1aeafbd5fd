"""Reads requests for help as a person sees them: topics, the draft, own ones, those to answer, known answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from db.applications import campaigns
from db.caller import PersonCaller
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import TermKind
from db.errors import NotFoundError
from db.events.queries import component_names
from db.people.models import Person
from db.requests.models import (
    HelpFile,
    HelpMessage,
    HelpRequest,
    HelpTopic,
    KnowledgeLine,
    RequestStatus,
    Speaker,
)
from db.requests.notices import topic_of
from db.requests.rules import OPEN, WorkCalendar, due
from db.requests.services import Topic

MOST = 100
KNOWN = 3
"""Answers that are offered before one asks: more would be a search of its own."""


@dataclass(frozen=True, slots=True)
class TopicChoice:
    """A topic to choose; `short` fits a button."""

    topic: Topic
    name: str
    short: str


@dataclass(frozen=True, slots=True)
class RequestLine:
    """A request in a list."""

    request_id: int
    topic: str
    status: RequestStatus
    question: str
    due_at: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class AskDraft:
    """What the person is about to ask. `due_at` is until when it would be answered if it were sent now."""

    request_id: int
    topic: str
    question: str | None
    files: int
    not_own_school: bool
    has_school: bool
    due_at: datetime
    known: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class AskHome:
    """Where one begins to ask: the topics, the draft if there is one, how many requests are open.

    `selections`: whether the service knows any, and so may have a methodical active that answers.
    """

    components: Sequence[TopicChoice]
    directions: Sequence[TopicChoice]
    groups: Sequence[TopicChoice]
    draft: AskDraft | None
    own: int
    selections: bool


@dataclass(frozen=True, slots=True)
class HelpWords:
    """Words of the dialogue, the oldest first; `mine` are the reader's own."""

    speaker: Speaker
    text: str
    mine: bool


@dataclass(frozen=True, slots=True)
class RequestCard:
    """A request as one of the two sees it. Of the other one no name, only the position and subject of the asker."""

    request_id: int
    asker: bool
    topic: str
    status: RequestStatus
    question: str
    about: str
    said: Sequence[HelpWords]
    files: tuple[int, ...]
    due_at: datetime | None
    late: bool
    with_member: bool
    helped: bool | None

    @property
    def answered(self) -> bool:
        """Whether anybody has answered so far."""
        return any(one.speaker is not Speaker.ASKER for one in self.said)

    @property
    def for_practice(self) -> bool:
        """Whether the reader's own words helped, and may become a practice."""
        return not self.asker and self.helped is True and any(one.mine and one.text for one in self.said)


def home(session: Session, caller: PersonCaller) -> AskHome:
    """Reads what one may ask about, and where the own draft stands."""
    directions = dictionaries.terms(session, kind=TermKind.DIRECTION)
    groups = session.scalars(select(HelpTopic).where(HelpTopic.consultation).order_by(HelpTopic.position, HelpTopic.id))
    draft = session.scalar(
        select(HelpRequest).where(HelpRequest.person_id == caller.person_id, HelpRequest.status == RequestStatus.DRAFT)
    )
    mine = select(func.count()).where(HelpRequest.person_id == caller.person_id, HelpRequest.status.in_(OPEN))
    return AskHome(
        components=[TopicChoice(Topic(component=code), name, name) for code, name in component_names(session).items()],
        directions=[TopicChoice(Topic(direction_id=one.id), one.name, one.short or one.name) for one in directions],
        groups=[TopicChoice(Topic(group_id=one.id), one.name, one.name) for one in groups],
        draft=_draft(session, caller, draft) if draft is not None else None,
        own=session.scalar(mine) or 0,
        selections=campaigns.any_held(session),
    )


def own(session: Session, caller: PersonCaller) -> list[RequestLine]:
    """Lists what the person has asked, open ones first, then the newest."""
    rows = session.scalars(
        _of_topics()
        .where(HelpRequest.person_id == caller.person_id, HelpRequest.status != RequestStatus.DRAFT)
        .order_by((HelpRequest.status == RequestStatus.CLOSED), HelpRequest.id.desc())
        .limit(MOST)
    )
    return [_line(session, row) for row in rows]


def to_answer(session: Session, caller: PersonCaller) -> list[RequestLine]:
    """Lists open requests whose turn it is the person's to answer: what waits first, by its stated time."""
    rows = session.scalars(
        _of_topics()
        .where(HelpRequest.assignee_id == caller.person_id, HelpRequest.status.in_(OPEN))
        .order_by((HelpRequest.status == RequestStatus.ANSWERED), HelpRequest.due_at, HelpRequest.id)
        .limit(MOST)
    )
    return [_line(session, row) for row in rows]


def card(session: Session, caller: PersonCaller, *, request_id: int) -> RequestCard:
    """Reads a request of the asker or of whose turn it is. Raises NotFoundError."""
    row = _seen(session, caller, request_id)
    asker = row.person_id == caller.person_id
    messages = session.scalars(select(HelpMessage).where(HelpMessage.request_id == row.id).order_by(HelpMessage.id))
    files = select(HelpFile.id).where(HelpFile.request_id == row.id, HelpFile.person_id != caller.person_id)
    return RequestCard(
        request_id=row.id,
        asker=asker,
        topic=topic_of(session, row),
        status=row.status,
        question=row.question or "",
        about="" if asker else _about(session.get_one(Person, row.person_id)),
        said=[HelpWords(one.speaker, one.text or "", one.person_id == caller.person_id) for one in messages],
        files=tuple(session.scalars(files.order_by(HelpFile.id))),
        due_at=row.due_at,
        late=row.late_at is not None,
        with_member=row.assignee_id is not None,
        helped=row.helped,
    )


def waiting_count(session: Session, caller: PersonCaller) -> int:
    """Counts the requests that wait for the person's answer."""
    mine = HelpRequest.assignee_id == caller.person_id, HelpRequest.status == RequestStatus.ASSIGNED
    return session.scalar(select(func.count()).where(*mine)) or 0


def is_ones_own(session: Session, caller: PersonCaller, *, request_id: int) -> bool:
    """Whether a request is the person's to read: asked by them, or theirs to answer."""
    row = session.get(HelpRequest, request_id)
    return row is not None and caller.person_id in (row.person_id, row.assignee_id)


def file(session: Session, caller: PersonCaller, *, file_id: int) -> tuple[str, str]:
    """Returns a file's stored name, and the name it is shown by: the sender's own could tell who that is.

    Raises NotFoundError for whoever is not one of the two.
    """
    row = session.get(HelpFile, file_id)
    if row is None:
        raise NotFoundError
    _seen(session, caller, row.request_id)
    place = select(func.count()).where(HelpFile.request_id == row.request_id, HelpFile.id <= row.id)
    ending = row.scan.stored_name.rpartition(".")[2]
    return row.scan.stored_name, f"{session.scalar(place)}.{ending}"


def known_line(session: Session, *, line_id: int) -> tuple[str, str]:
    """Returns the question and answer of a line of the list. Raises NotFoundError."""
    line = session.get(KnowledgeLine, line_id)
    if line is None or not line.active:
        raise NotFoundError
    return line.question, line.answer


def _draft(session: Session, caller: PersonCaller, row: HelpRequest) -> AskDraft:
    region = dictionaries.rules(session)
    asker = session.get_one(Person, caller.person_id)
    topic = {"component": row.component, "direction_id": row.direction_id, "group_id": row.group_id}
    known = session.execute(
        select(KnowledgeLine.id, KnowledgeLine.question)
        .filter_by(**{name: value for name, value in topic.items() if value is not None}, active=True)
        .order_by(KnowledgeLine.helped.desc(), KnowledgeLine.id.desc())
        .limit(KNOWN)
    )
    return AskDraft(
        request_id=row.id,
        topic=topic_of(session, row),
        question=row.question,
        files=session.scalar(select(func.count()).where(HelpFile.request_id == row.id)) or 0,
        not_own_school=row.not_own_school,
        has_school=asker.organisation_id is not None,
        due_at=due(caller.now, region.answer_hours, WorkCalendar.of(region, caller.zone)),
        known=tuple((line[0], line[1]) for line in known),
    )


def _line(session: Session, row: HelpRequest) -> RequestLine:
    late = row.late_at is not None and row.status is not RequestStatus.ANSWERED
    return RequestLine(row.id, topic_of(session, row), row.status, row.question or "", row.due_at, late)


def _about(asker: Person) -> str:
    return ", ".join(term.name for term in (asker.position, asker.subject) if term is not None)


def _seen(session: Session, caller: PersonCaller, request_id: int) -> HelpRequest:
    if not is_ones_own(session, caller, request_id=request_id):
        raise NotFoundError
    return session.get_one(HelpRequest, request_id)


def _of_topics() -> Select[HelpRequest]:
    return select(HelpRequest).options(joinedload(HelpRequest.group), joinedload(HelpRequest.direction))
