"""Requests of an active member who leaves: another who fits answers them."""

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from db.affairs import Affair, Taker
from db.caller import StaffCaller
from db.errors import NotFoundError
from db.people.models import Person
from db.requests import staff_services
from db.requests.models import HelpRequest, RequestStatus
from db.requests.notices import topic_of
from db.requests.staff_queries import candidates


def holders(caller: StaffCaller) -> Select[int]:
    """Returns the people whose turn it is to answer requests within reach."""
    return select(Person.id).join(HelpRequest, HelpRequest.assignee_id == Person.id).where(*_held(caller))


def held(session: Session, caller: StaffCaller, *, person_id: int) -> list[Affair]:
    """Lists the requests that wait for somebody's answer, and who could answer instead; the asker's colleagues last."""
    rows = session.scalars(
        select(HelpRequest).where(HelpRequest.assignee_id == person_id, *_held(caller)).order_by(HelpRequest.id)
    ).all()
    return [Affair(row.id, topic_of(session, row), _takers(session, caller, row), row.person_id) for row in rows]


def hand_over(session: Session, caller: StaffCaller, *, held_id: int, to_person_id: int) -> None:
    """Gives a request on. Raises NotFoundError, ForbiddenError, ConflictError `requests_over`, `requests_unfit`."""
    row = session.get(HelpRequest, held_id)
    if row is None or row.status is not RequestStatus.ASSIGNED:
        raise NotFoundError
    staff_services.reassign(session, caller, request_id=held_id, person_id=to_person_id)


def _held(caller: StaffCaller) -> tuple[ColumnElement[bool], ...]:
    return HelpRequest.status == RequestStatus.ASSIGNED, caller.scope.limits(HelpRequest)


def _takers(session: Session, caller: StaffCaller, row: HelpRequest) -> list[Taker]:
    asker = session.get_one(Person, row.person_id)
    found = []
    for one in candidates(session, caller, request_id=row.id):
        person = session.get_one(Person, one.person_id)
        colleague = asker.organisation_id is not None and person.organisation_id == asker.organisation_id
        found.append(Taker(one.person_id, one.name or "", one.municipality or "", one.load, colleague))
    return sorted(found, key=lambda one: one.colleague)
