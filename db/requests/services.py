"""Asks for help: the topic, the question, its files; sends it, writes on, says whether it helped."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.caller import Caller, PersonCaller
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import Term, TermKind
from db.documents import scans
from db.errors import ConflictError, DomainError, NotFoundError, StaleError
from db.events.queries import component_names
from db.notices import services as notices
from db.people.models import Person
from db.requests import matching, rules
from db.requests.models import (
    HelpFile,
    HelpMessage,
    HelpRequest,
    HelpTopic,
    HelpTurn,
    KnowledgeLine,
    RequestStatus,
    Speaker,
    TurnEnd,
)
from db.requests.notices import CLOSED, GIVEN, HELPED, MORE, QUEUED, TAKEN, prefix, tell
from db.storage import StoredFile
from db.transitions import move
from db.upsert import insert


@dataclass(frozen=True, slots=True)
class Topic:
    """What a request is about: exactly one of the three."""

    component: str | None = None
    direction_id: int | None = None
    group_id: int | None = None


def begin(session: Session, caller: PersonCaller, *, topic: Topic, text: str = "") -> int:
    """Opens the person's draft on a topic; words and files that wait there already go with it. Returns its id.

    `text` was typed before there was a topic. Raises DomainError `requests_topic`, `text_too_long`.
    """
    if not _known(session, topic):
        raise DomainError("requests_topic")
    values = {
        "component": topic.component,
        "direction_id": topic.direction_id,
        "group_id": topic.group_id,
        "person_id": caller.person_id,
        "status": RequestStatus.DRAFT,
        "not_own_school": False,
        "created_at": caller.now,
    }
    fresh = insert(session, HelpRequest).values(**values).on_conflict_do_nothing()
    session.execute(fresh)
    draft = _draft(session, caller)
    draft.component, draft.direction_id, draft.group_id = topic.component, topic.direction_id, topic.group_id
    session.flush()
    return write_question(session, caller, text=text) if text else draft.id


def write_question(session: Session, caller: PersonCaller, *, text: str) -> int:
    """Adds words to the draft's question. Returns its id. Raises NotFoundError, DomainError `text_too_long`."""
    draft = _draft(session, caller)
    whole = "\n".join(filter(None, (draft.question, rules.without_accounts(text))))
    if len(whole) > rules.TEXT:
        raise DomainError("text_too_long", length=len(whole), limit=rules.TEXT, start=text[:60])
    draft.question = whole
    return draft.id


def avoid_own_school(session: Session, caller: PersonCaller, *, wanted: bool) -> int:
    """Declares that no colleague of the own school shall see the question. Returns the draft's id."""
    draft = _draft(session, caller)
    draft.not_own_school = wanted
    return draft.id


def add_file(session: Session, caller: PersonCaller, *, request_id: int, stored: StoredFile) -> None:
    """Adds a checked file to the draft, or to the dialogue of a request that is open, for either side.

    Raises NotFoundError, ConflictError `requests_over`, DomainError `requests_files`.
    """
    request = of_two(session, caller, request_id=request_id)
    _room(session, caller, request)
    scan_id = scans.keep(session, caller, stored=stored)
    session.add(HelpFile(request_id=request.id, person_id=caller.person_id, scan_id=scan_id))
    session.flush()


def check_room(session: Session, caller: PersonCaller, *, request_id: int) -> None:
    """Refuses another file before it is downloaded: errors as `add_file` has."""
    _room(session, caller, of_two(session, caller, request_id=request_id))


def discard(session: Session, caller: PersonCaller) -> None:
    """Deletes the draft with its files; none is no error."""
    draft = session.scalar(
        select(HelpRequest).where(HelpRequest.person_id == caller.person_id, HelpRequest.status == RequestStatus.DRAFT)
    )
    if draft is not None:
        drop_files(session, HelpFile.request_id == draft.id)
        session.delete(draft)
        session.flush()


def send(session: Session, caller: PersonCaller) -> int:
    """Sends the draft to the least loaded member who fits, or where nobody does to the service. Returns its id.

    Raises NotFoundError, DomainError `requests_empty`.
    """
    draft = _draft(session, caller)
    if not draft.question:
        raise DomainError("requests_empty")
    draft.municipality_id = session.get_one(Person, caller.person_id).municipality_id
    draft.asked_at = caller.now
    expect_answer(session, caller, draft)
    session.flush()
    place(session, caller, draft)
    return draft.id


def write_on(session: Session, caller: PersonCaller, *, request_id: int, text: str) -> bool:
    """Adds the asker's words to an open request; after an answer another one is awaited, with a time of its own.

    Whoever answered and has as much to answer by now as the region's rule allows is spared: the request goes on to the
    next who fits, with all that was said. Returns whether it did. Raises NotFoundError, ConflictError `requests_over`.
    """
    request = _own(session, caller, request_id)
    _check_open(request)
    message = say(session, caller, request, Speaker.ASKER, text, person_id=caller.person_id)
    if request.status is RequestStatus.ANSWERED:
        expect_answer(session, caller, request)
        if request.assignee_id is not None and not matching.has_room(session, request.assignee_id):
            end_turn(session, caller, request, TurnEnd.PASSED_ON)
            place(session, caller, request)
            return True
        move(request, RequestStatus.ASSIGNED if request.assignee_id else RequestStatus.WAITING)
    if request.assignee_id is not None:
        tell(session, caller, request, request.assignee_id, MORE, f"more:{message.id}", text=message.text)
    return False


def pass_on(session: Session, caller: PersonCaller, *, request_id: int) -> None:
    """Asks somebody else, as the answer did not help. Raises NotFoundError, ConflictError `requests_over`."""
    request = _own(session, caller, request_id)
    _check_open(request)
    if request.status is not RequestStatus.ANSWERED:
        return
    expect_answer(session, caller, request)
    end_turn(session, caller, request, TurnEnd.PASSED_ON)
    place(session, caller, request)


def close(session: Session, caller: PersonCaller, *, request_id: int, helped: bool | None = None) -> None:
    """Closes a request for either side; the asker says whether an answer helped, also of one that is closed already.

    What its asker closes after an answer without a word did not help. The other side hears of it, and once that it
    helped. Raises NotFoundError, StaleError where whoever is to answer would close what awaits an
    answer or say for the asker that it helped.
    """
    request = of_two(session, caller, request_id=request_id)
    if request.status is RequestStatus.DRAFT:
        raise NotFoundError
    mine = request.person_id == caller.person_id
    if not mine and (helped is not None or request.status is RequestStatus.ASSIGNED):
        raise StaleError
    if mine and helped is None and request.status is RequestStatus.ANSWERED:
        helped = False
    thanked = False
    if mine and helped is not None and request.answered_at is not None:
        thanked, request.helped = helped and not request.helped, helped
    other = request.assignee_id if mine else request.person_id
    over = request.status is RequestStatus.CLOSED
    if not over:
        finish(session, caller, request)
    if other is None:
        return
    if thanked and words_of(session, request, other):
        tell(session, caller, request, other, HELPED, "helped")
    elif not over:
        tell(session, caller, request, other, CLOSED, "closed")


def was_enough(session: Session, caller: PersonCaller, *, line_id: int) -> None:
    """Counts an answer of the list that was enough; the draft goes. Raises NotFoundError."""
    line = session.get(KnowledgeLine, line_id, with_for_update=True)
    if line is None or not line.active:
        raise NotFoundError
    draft = session.scalar(
        select(HelpRequest.id).where(
            HelpRequest.person_id == caller.person_id, HelpRequest.status == RequestStatus.DRAFT
        )
    )
    if draft is not None:  # without one it was counted before
        line.helped += 1
        discard(session, caller)


def place(session: Session, caller: Caller, request: HelpRequest) -> None:
    """Gives a request to whoever fits best, else to the service's queue; the asker of one that moves there is told."""
    person_id = matching.choose(session, request)
    if person_id is not None:
        give(session, caller, request, person_id)
        return
    moved = request.status is not RequestStatus.DRAFT
    if request.status is not RequestStatus.WAITING:
        move(request, RequestStatus.WAITING)
    if moved:
        tell(session, caller, request, request.person_id, QUEUED, f"queued:{caller.now.isoformat()}")


def give(session: Session, caller: Caller, request: HelpRequest, person_id: int) -> None:
    """Makes it somebody's turn to answer and tells them."""
    if request.status is not RequestStatus.ASSIGNED:
        move(request, RequestStatus.ASSIGNED)
    request.assignee_id = person_id
    session.add(HelpTurn(request_id=request.id, person_id=person_id, given_at=caller.now))
    session.flush()
    tell(session, caller, request, person_id, GIVEN, f"given:{person_id}", text=request.question)


def end_turn(session: Session, caller: Caller, request: HelpRequest, ended: TurnEnd) -> None:
    """Ends the turn of whoever had it; what waited to be told to them is taken back, and who did not ask to go hears.

    The request has to go on to somebody else.
    """
    person_id = request.assignee_id
    if person_id is None:
        return
    turn = session.scalar(
        select(HelpTurn).where(
            HelpTurn.request_id == request.id, HelpTurn.person_id == person_id, HelpTurn.ended_at.is_(None)
        )
    )
    if turn is not None:
        turn.ended_at, turn.ended = caller.now, ended
    request.assignee_id = None
    session.flush()
    unheard = notices.cancel(session, key=f"{prefix(request.id)}given:{person_id}")
    notices.cancel_prefix(session, prefix=f"{prefix(request.id)}", kinds=(MORE,))
    if ended is TurnEnd.REASSIGNED and not unheard:
        tell(session, caller, request, person_id, TAKEN, f"taken:{person_id}")


def leave(session: Session, caller: Caller, request: HelpRequest, ended: TurnEnd) -> None:
    """Ends a turn for good: what is not answered goes to the next, an answered one stays open with the service."""
    awaited = request.status is RequestStatus.ASSIGNED
    end_turn(session, caller, request, ended)
    if awaited:
        place(session, caller, request)


def finish(session: Session, caller: Caller, request: HelpRequest) -> None:
    """Closes an open request; nothing of it waits to be asked any more."""
    move(request, RequestStatus.CLOSED)
    request.closed_at = caller.now
    session.flush()
    waiting = (GIVEN, MORE, QUEUED)
    notices.cancel_prefix(session, prefix=prefix(request.id), kinds=waiting)


def say(
    session: Session, caller: Caller, request: HelpRequest, speaker: Speaker, text: str, *, person_id: int | None
) -> HelpMessage:
    """Keeps words of the dialogue, without phones and accounts."""
    message = HelpMessage(
        request_id=request.id,
        speaker=speaker,
        person_id=person_id,
        text=rules.without_accounts(text),
        said_at=caller.now,
    )
    session.add(message)
    session.flush()
    return message


def words_of(session: Session, request: HelpRequest, person_id: int) -> Sequence[str]:
    """Returns what somebody said in a dialogue, the oldest first, without what is erased."""
    said = select(HelpMessage.text).where(HelpMessage.request_id == request.id, HelpMessage.person_id == person_id)
    return [text for text in session.scalars(said.order_by(HelpMessage.id)) if text]


def expect_answer(session: Session, caller: Caller, request: HelpRequest) -> None:
    """States until when an answer is awaited, in working hours from now."""
    region = dictionaries.rules(session)
    calendar = rules.WorkCalendar.of(region, caller.zone)
    request.due_at, request.late_at = rules.due(caller.now, region.answer_hours, calendar), None


def of_two(session: Session, caller: PersonCaller, *, request_id: int) -> HelpRequest:
    """Returns the locked request of the asker or of whose turn it is. Raises NotFoundError."""
    request = session.get(HelpRequest, request_id, with_for_update=True, populate_existing=True)
    if request is None or caller.person_id not in (request.person_id, request.assignee_id):
        raise NotFoundError
    return request


def drop_files(session: Session, *which: object) -> list[str]:
    """Deletes rows of files and their scans. Returns the names in the storage."""
    names = []
    for row in session.scalars(select(HelpFile).where(*which)).all():  # type: ignore[arg-type]
        names.append(row.scan.stored_name)
        session.delete(row)
        scans.drop(session, scan_id=row.scan_id)
    return names


def _known(session: Session, topic: Topic) -> bool:
    if topic.component is not None:
        return topic.component in component_names(session)
    if topic.direction_id is not None:
        term = session.get(Term, topic.direction_id)
        return term is not None and term.kind is TermKind.DIRECTION and term.active
    group = session.get(HelpTopic, topic.group_id) if topic.group_id is not None else None
    return group is not None and group.consultation


def _draft(session: Session, caller: PersonCaller) -> HelpRequest:
    mine = HelpRequest.person_id == caller.person_id, HelpRequest.status == RequestStatus.DRAFT
    found = session.scalar(select(HelpRequest).where(*mine).with_for_update())
    if found is None:
        raise StaleError
    return found


def _own(session: Session, caller: PersonCaller, request_id: int) -> HelpRequest:
    request = of_two(session, caller, request_id=request_id)
    if request.person_id != caller.person_id:
        raise NotFoundError
    return request


def _check_open(request: HelpRequest) -> None:
    if request.status is RequestStatus.DRAFT:
        raise NotFoundError
    if request.status is RequestStatus.CLOSED:
        raise ConflictError("requests_over")


def _room(session: Session, caller: PersonCaller, request: HelpRequest) -> None:
    if request.status is RequestStatus.CLOSED:
        raise ConflictError("requests_over")
    mine = HelpFile.request_id == request.id, HelpFile.person_id == caller.person_id
    if (session.scalar(select(func.count()).where(*mine)) or 0) >= rules.FILES:
        raise DomainError("requests_files", limit=rules.FILES)
