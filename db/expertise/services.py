"""An expert's answer to an invitation."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.errors import ConflictError, NotFoundError
from db.expertise.models import ExpertStatus, ExpertWork
from db.expertise.notices import prefix
from db.expertise.queries import check_free, work
from db.notices import services as notices
from db.people.models import Person
from db.ties import services as ties
from db.transitions import move


def accept(session: Session, caller: PersonCaller, *, work_id: int) -> ExpertWork:
    """Takes an invitation; once more is once. Of two whose days overlap one is taken.

    Raises ConflictError `expertise_over`, `expertise_own_place`, `expertise_relative`, `expertise_days`, NotFoundError.
    """
    row, person = _mine(session, caller, work_id)
    if row.status is ExpertStatus.ACCEPTED:
        return row
    if row.status is not ExpertStatus.INVITED or row.ends_on < caller.now.astimezone(caller.zone).date():
        raise ConflictError("expertise_over")
    check_free(
        session,
        person=person,
        organisation_id=row.organisation_id,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        but=row.id,
    )
    move(row, ExpertStatus.ACCEPTED)
    row.answered_at = caller.now
    session.flush()
    return row


def decline(session: Session, caller: PersonCaller, *, work_id: int, relative: bool = False) -> ExpertWork:
    """Declines an invitation, or what was accepted; once more is once.

    With `relative`, because a relative works where it would be: nobody invites there again. Raises ConflictError
    `expertise_over`, NotFoundError.
    """
    row, _ = _mine(session, caller, work_id)
    if row.status is ExpertStatus.DECLINED:
        return row
    move(row, ExpertStatus.DECLINED)
    row.answered_at = caller.now
    if relative and row.organisation_id is not None:
        row.relative = True
        ties.keep_place(session, caller, organisation_id=row.organisation_id)
    notices.cancel_prefix(session, prefix=prefix(row.id))
    session.flush()
    return row


def _mine(session: Session, caller: PersonCaller, work_id: int) -> tuple[ExpertWork, Person]:
    """Locks the person first: of two answers at once the second sees the first. Raises NotFoundError."""
    person = session.scalar(select(Person).where(Person.id == caller.person_id).with_for_update())
    row = work(session, caller, work_id=work_id)
    if person is None:
        raise NotFoundError
    session.refresh(row)
    return row, person
