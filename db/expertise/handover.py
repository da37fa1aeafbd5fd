"""Expert work that is ahead of somebody who leaves: another, who has nothing against it, is invited instead."""

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from db.active.queries import is_member
from db.affairs import Affair, Taker
from db.caller import StaffCaller
from db.expertise import staff_services
from db.expertise.models import ExpertStatus, ExpertWork
from db.expertise.queries import whole
from db.expertise.rules import STANDING
from db.expertise.staff_queries import work
from db.expertise.staff_services import ExpertDraft
from db.people.models import Person
from db.people.queries import reachable
from db.ties.queries import close_to_place

TAKERS = 8


def holders(caller: StaffCaller) -> Select[int]:
    """Returns the people within reach who are invited to expert work that is not over, or have accepted it."""
    return select(ExpertWork.person_id).join(Person, Person.id == ExpertWork.person_id).where(*_held(caller))


def held(session: Session, caller: StaffCaller, *, person_id: int) -> list[Affair]:
    """Lists such work of somebody, and who could be invited instead, those with the least ahead of them first."""
    rows = session.scalars(
        whole()
        .join(Person, Person.id == ExpertWork.person_id)
        .where(ExpertWork.person_id == person_id, *_held(caller))
        .order_by(ExpertWork.starts_on, ExpertWork.id)
    ).all()
    return [Affair(row.id, row.title, _takers(session, caller, row)) for row in rows]


def hand_over(session: Session, caller: StaffCaller, *, held_id: int, to_person_id: int) -> None:
    """Takes the work back from who had it and invites another to the same.

    Raises NotFoundError, ForbiddenError, and what `staff_services.cancel` and `invite` do.
    """
    row = work(session, caller, work_id=held_id)
    draft = ExpertDraft(
        kind_id=row.kind_id,
        title=row.title,
        organisation_id=row.organisation_id,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        hours=row.hours,
    )
    staff_services.cancel(session, caller, work_id=held_id)
    staff_services.invite(session, caller, person_id=to_person_id, draft=draft)


def _held(caller: StaffCaller) -> tuple[ColumnElement[bool], ...]:
    today = caller.now.astimezone(caller.zone).date()
    return caller.scope.limits(Person), ExpertWork.status.in_(STANDING), ExpertWork.ends_on >= today


def _takers(session: Session, caller: StaffCaller, row: ExpertWork) -> list[Taker]:
    """Active members and those who did work of the kind; nobody of that place, with a relative there or busy then."""
    own = aliased(ExpertWork)
    ahead = select(func.count(own.id)).where(own.person_id == Person.id, own.status.in_(STANDING)).scalar_subquery()
    did = exists().where(own.person_id == Person.id, own.kind_id == row.kind_id, own.status == ExpertStatus.DONE)
    taken = exists().where(
        own.person_id == Person.id,
        own.status.in_(STANDING),
        own.starts_on <= row.ends_on,
        own.ends_on >= row.starts_on,
    )
    place: list[Any] = []
    if row.organisation_id is not None:
        place = [
            func.coalesce(Person.organisation_id, 0) != row.organisation_id,
            ~close_to_place(Person.id, organisation_id=row.organisation_id),
        ]
    found = session.execute(
        select(Person, ahead)
        .where(
            caller.scope.limits(Person),
            or_(is_member(Person.id), did),
            Person.id != row.person_id,
            Person.erased_at.is_(None),
            reachable(Person.id),
            ~taken,
            *place,
        )
        .options(joinedload(Person.municipality))
        .order_by(ahead, Person.full_name, Person.id)
        .limit(TAKERS)
    )
    return [
        Taker(one.id, one.full_name or "", one.municipality.name if one.municipality else "", load)
        for one, load in found
    ]
