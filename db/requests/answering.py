"""Answers a request, or declines it politely, for the active member whose turn it is."""

from sqlalchemy.orm import Session

from db.caller import Caller, PersonCaller
from db.diary import services as diary
from db.diary.models import DiarySource
from db.errors import ConflictError, NotFoundError, StaleError
from db.practices import services as practices
from db.requests import services
from db.requests.models import HelpRequest, RequestStatus, Speaker, TurnEnd
from db.requests.notices import ANSWERED, tell, topic_of
from db.transitions import move


def answer(session: Session, caller: PersonCaller, *, request_id: int, text: str) -> None:
    """Keeps the member's answer and delivers it to the asker, at night in the morning; the diary has a line of it.

    Raises NotFoundError, ConflictError `requests_over`.
    """
    request = _mine(session, caller, request_id)
    if request.status is RequestStatus.CLOSED:
        raise ConflictError("requests_over")
    answered(session, caller, request, Speaker.MEMBER, text, person_id=caller.person_id)
    diary.note(
        session,
        caller,
        person_id=caller.person_id,
        source=DiarySource.REQUEST,
        source_id=request.id,
        on=caller.now.astimezone(caller.zone).date(),
        text=topic_of(session, request),
    )


def decline(session: Session, caller: PersonCaller, *, request_id: int) -> None:
    """Leaves the request to the next who fits; the time promised to the asker stays.

    Raises NotFoundError, ConflictError `requests_over` where it was answered already.
    """
    request = _mine(session, caller, request_id)
    if request.status is not RequestStatus.ASSIGNED:
        raise ConflictError("requests_over")
    services.end_turn(session, caller, request, TurnEnd.DECLINED)
    services.place(session, caller, request)


def to_practice(session: Session, caller: PersonCaller, *, request_id: int) -> int:
    """Makes the member's words that helped a draft of a practice, theirs to complete and to send. Returns its id.

    Raises NotFoundError, StaleError where the asker did not say that they helped.
    """
    request = _mine(session, caller, request_id)
    said = services.words_of(session, request, caller.person_id)
    if not (request.helped and said):
        raise StaleError
    text = "\n\n".join(said)
    return practices.draft(session, caller, person_id=caller.person_id, text=text, component=request.component)


def answered(
    session: Session, caller: Caller, request: HelpRequest, speaker: Speaker, text: str, *, person_id: int | None
) -> None:
    """Keeps an answer and tells the asker."""
    message = services.say(session, caller, request, speaker, text, person_id=person_id)
    if request.status is not RequestStatus.ANSWERED:
        move(request, RequestStatus.ANSWERED)
    request.answered_at = request.answered_at or caller.now
    session.flush()
    tell(session, caller, request, request.person_id, ANSWERED, f"answered:{message.id}", text=message.text)


def _mine(session: Session, caller: PersonCaller, request_id: int) -> HelpRequest:
    request = services.of_two(session, caller, request_id=request_id)
    if request.assignee_id != caller.person_id:
        raise NotFoundError
    return request
