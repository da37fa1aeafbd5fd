"""Reads one's own expert work, and what stands against somebody's examining an organisation."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, case, select
from sqlalchemy.orm import Session, joinedload

from db.caller import PersonCaller
from db.errors import ConflictError, NotFoundError
from db.expertise.models import ExpertStatus, ExpertWork
from db.people.models import Person
from db.ties.queries import close_to_place

SHOWN = (ExpertStatus.INVITED, ExpertStatus.ACCEPTED, ExpertStatus.DONE)


def whole() -> Select[Any]:
    """A query of expert work with what a screen shows of it."""
    return select(ExpertWork).options(
        joinedload(ExpertWork.kind), joinedload(ExpertWork.organisation), joinedload(ExpertWork.scan)
    )


def own(session: Session, caller: PersonCaller) -> Sequence[ExpertWork]:
    """Lists one's own work: what waits for an answer, what is ahead, what is done."""
    first = case({status: place for place, status in enumerate(SHOWN)}, value=ExpertWork.status)
    return session.scalars(
        whole()
        .where(ExpertWork.person_id == caller.person_id, ExpertWork.status.in_(SHOWN))
        .order_by(first, ExpertWork.starts_on.desc(), ExpertWork.id)
    ).all()


def work(session: Session, caller: PersonCaller, *, work_id: int) -> ExpertWork:
    """Returns one's own work. Raises NotFoundError."""
    row: ExpertWork | None = session.scalar(
        whole().where(ExpertWork.id == work_id, ExpertWork.person_id == caller.person_id)
    )
    if row is None:
        raise NotFoundError
    return row


def check_free(
    session: Session,
    *,
    person: Person,
    organisation_id: int | None,
    starts_on: date,
    ends_on: date,
    but: int | None = None,
) -> None:
    """Raises ConflictError where somebody should not examine, or has no time: `but` is the work that is looked at.

    `expertise_own_place` is for the own organisation, `expertise_relative` for one where a relative works by the
    expert's own word, `expertise_days` for days that another accepted work takes.
    """
    if organisation_id is not None:
        if person.organisation_id == organisation_id:
            raise ConflictError("expertise_own_place")
        if session.scalar(select(close_to_place(person.id, organisation_id=organisation_id))):
            raise ConflictError("expertise_relative")
    check_days(session, person_id=person.id, starts_on=starts_on, ends_on=ends_on, but=but)


def check_days(session: Session, *, person_id: int, starts_on: date, ends_on: date, but: int | None = None) -> None:
    """Raises ConflictError `expertise_days` where other accepted work of a locked person takes any of these days."""
    taken = select(ExpertWork.id).where(
        ExpertWork.person_id == person_id,
        ExpertWork.status == ExpertStatus.ACCEPTED,
        ExpertWork.starts_on <= ends_on,
        ExpertWork.ends_on >= starts_on,
        ExpertWork.id != (but or 0),
    )
    if session.scalar(taken.limit(1)) is not None:
        raise ConflictError("expertise_days")
