"""The service's part in requests for help: it gives them on, answers, closes, keeps good answers for others."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.accounts.staff_queries import refuse_own
from db.audit import services as audit
from db.caller import StaffCaller
from db.errors import ConflictError, DomainError, NotFoundError
from db.people.models import Person
from db.requests import answering, matching, services
from db.requests.models import HelpRequest, KnowledgeLine, RequestStatus, Speaker, TurnEnd
from db.requests.notices import CLOSED, tell
from db.requests.rules import OPEN, TEXT, without_accounts

QUESTION = 300


def reassign(session: Session, caller: StaffCaller, *, request_id: int, person_id: int) -> None:
    """Gives an open request to an active member within reach; whoever had it hears that they need not answer.

    Raises NotFoundError, ForbiddenError, ConflictError `requests_over`, DomainError `requests_unfit`.
    """
    request = _open(session, caller, request_id)
    person = session.get(Person, person_id)
    if person is None:
        raise NotFoundError
    caller.scope.check(person)
    if not matching.fits(session, request, person_id):
        raise DomainError("requests_unfit")
    services.end_turn(session, caller, request, TurnEnd.REASSIGNED)
    services.expect_answer(session, caller, request)
    services.give(session, caller, request, person_id)
    _record(session, caller, "requests.reassign", request)


def answer(session: Session, caller: StaffCaller, *, request_id: int, text: str) -> None:
    """Answers an open request in the service's name; whose turn it was need not.

    Raises NotFoundError, ForbiddenError, ConflictError `requests_over`, DomainError `requests_own`, `text_expected`.
    """
    request = _open(session, caller, request_id)
    refuse_own(session, caller, request.person_id, code="requests_own")
    if not text.strip():
        raise DomainError("text_expected")
    if request.status is RequestStatus.ASSIGNED:
        services.end_turn(session, caller, request, TurnEnd.REASSIGNED)
    answering.answered(session, caller, request, Speaker.SERVICE, text[:TEXT], person_id=None)
    _record(session, caller, "requests.answer", request)


def close(session: Session, caller: StaffCaller, *, request_id: int) -> None:
    """Closes an open request; both hear of it. Raises NotFoundError, ForbiddenError, ConflictError `requests_over`."""
    request = _open(session, caller, request_id)
    services.finish(session, caller, request)
    for person_id in filter(None, (request.person_id, request.assignee_id)):
        tell(session, caller, request, person_id, CLOSED, f"closed:{person_id}")
    _record(session, caller, "requests.close", request)


def keep_answer(session: Session, caller: StaffCaller, *, request_id: int, question: str, answer: str) -> int:
    """Puts an answer that helped into the list that the next asker is offered first; later words take their place.

    Whoever writes it leaves out what tells of people. Returns the line's id. Raises NotFoundError, ForbiddenError,
    DomainError `requests_line`.
    """
    request = _within(session, caller, request_id)
    question, answer = question.strip(), answer.strip()
    if not question or not answer or len(question) > QUESTION or len(answer) > TEXT:
        raise DomainError("requests_line", question=QUESTION, answer=TEXT)
    line = session.scalar(select(KnowledgeLine).where(KnowledgeLine.request_id == request_id))
    if line is None:
        line = KnowledgeLine(
            request_id=request_id,
            component=request.component,
            direction_id=request.direction_id,
            group_id=request.group_id,
            added_at=caller.now,
        )
        session.add(line)
    line.question, line.answer, line.active = without_accounts(question), without_accounts(answer), True
    session.flush()
    _record(session, caller, "requests.keep_answer", request)
    return line.id


def offer_answer(session: Session, caller: StaffCaller, *, line_id: int, active: bool) -> None:
    """Takes an answer out of the list, or puts it back, where its request is within reach.

    Raises NotFoundError, ForbiddenError.
    """
    line = session.get(KnowledgeLine, line_id, with_for_update=True)
    if line is None or line.request_id is None:
        raise NotFoundError
    _within(session, caller, line.request_id)
    line.active = active
    audit.record(session, caller, action="requests.offer_answer", object_type="knowledge_line", object_id=line_id)


def _within(session: Session, caller: StaffCaller, request_id: int) -> HelpRequest:
    request = session.get(HelpRequest, request_id, with_for_update=True, populate_existing=True)
    if request is None or request.status is RequestStatus.DRAFT:
        raise NotFoundError
    caller.scope.check_write(request)
    return request


def _open(session: Session, caller: StaffCaller, request_id: int) -> HelpRequest:
    request = _within(session, caller, request_id)
    if request.status not in OPEN:
        raise ConflictError("requests_over")
    return request


def _record(session: Session, caller: StaffCaller, action: str, request: HelpRequest) -> None:
    audit.record(
        session,
        caller,
        action=action,
        object_type="help_request",
        object_id=request.id,
        subject_person_id=request.person_id,
    )
