"""Keeps the register of training as methodists do: writes records down, confirms them, returns them with a remark."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import texts
from db.accounts.staff_queries import refuse_own
from db.audit import services as audit
from db.caller import StaffCaller
from db.errors import ConflictError, DomainError, NotFoundError
from db.people.models import Person
from db.people.staff_services import refuse_withdrawn
from db.training import notices, staff_queries
from db.training.models import TrainingRecord, TrainingStatus
from db.training.rules import MOST_HOURS, believable
from db.training.services import fill_experience, remove
from db.transitions import move


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingDraft:
    """What a methodist writes down of a course. `experience` is the teacher's then, in years, where it is known."""

    title: str
    organisation: str
    hours: int | None
    document: str
    issued_on: date | None
    of_project: bool
    experience: int | None = None


def write_down(
    session: Session, caller: StaffCaller, *, person_id: int, draft: TrainingDraft, training: bool = False
) -> int:
    """Writes a course down as confirmed: whoever does it has the document in hand. Returns the record's id.

    Raises DomainError `training_own`, `training_title`, `training_hours`, `training_day`, `training_years`,
    `person_withdrawn`, NotFoundError, ForbiddenError.
    """
    person = session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise NotFoundError
    caller.scope.check_write(person)
    refuse_own(session, caller, person_id, code="training_own")
    refuse_withdrawn(session, person_id)
    today = caller.now.astimezone(caller.zone).date()
    title, organisation = texts.quoted(draft.title), texts.quoted(draft.organisation)
    if len(title) < 2 or len(organisation) < 2:
        raise DomainError("training_title")
    if draft.hours is None or not 1 <= draft.hours <= MOST_HOURS:
        raise DomainError("training_hours", most=MOST_HOURS)
    if draft.issued_on is None or not believable(draft.issued_on, today=today):
        raise DomainError("training_day")
    if draft.experience is not None and not 0 <= draft.experience <= 70:
        raise DomainError("training_years")
    row = TrainingRecord(
        person_id=person_id,
        status=TrainingStatus.CONFIRMED,
        title=title,
        organisation=organisation,
        hours=draft.hours,
        document=texts.quoted(draft.document),
        issued_on=draft.issued_on,
        of_project=draft.of_project,
        experience=draft.experience,
        training=training,
        created_at=caller.now,
        sent_at=caller.now,
        decided_at=caller.now,
    )
    if row.experience is None:
        fill_experience(row, person.experience_years, today=today)
    session.add(row)
    session.flush()
    _record(session, caller, row, action="training.write_down")
    return row.id


def confirm(session: Session, caller: StaffCaller, *, record_id: int) -> None:
    """Counts a record that was sent; its teacher is told. Twice is once.

    Raises DomainError `training_own`, ConflictError, NotFoundError, ForbiddenError.
    """
    row = _own(session, caller, record_id)
    refuse_own(session, caller, row.person_id, code="training_own")
    if row.status is TrainingStatus.CONFIRMED:
        return
    move(row, TrainingStatus.CONFIRMED)
    row.decided_at, row.remark = caller.now, ""
    session.flush()
    notices.tell(session, caller, row=row, what="confirmed")
    _record(session, caller, row, action="training.confirm")


def return_record(session: Session, caller: StaffCaller, *, record_id: int, remark: str) -> None:
    """Returns a record with what to mend, also one that was confirmed by mistake; its teacher is told.

    Raises DomainError `training_remark`, ConflictError, NotFoundError, ForbiddenError.
    """
    row = _own(session, caller, record_id)
    if len(remark.strip()) < 3:
        raise DomainError("training_remark")
    move(row, TrainingStatus.RETURNED)
    row.decided_at, row.remark = caller.now, remark.strip()
    session.flush()
    notices.tell(session, caller, row=row, what="returned")
    _record(session, caller, row, action="training.give_back")


def strike(session: Session, caller: StaffCaller, *, record_id: int) -> None:
    """Deletes a record written down by mistake, before its teacher sent anything; others are returned.

    Raises ConflictError `training_theirs`, NotFoundError, ForbiddenError.
    """
    row = _own(session, caller, record_id)
    if row.sent_at != row.created_at:
        raise ConflictError("training_theirs")
    _record(session, caller, row, action="training.strike")
    remove(session, row)


def _own(session: Session, caller: StaffCaller, record_id: int) -> TrainingRecord:
    found = staff_queries.record(session, caller, record_id=record_id)
    caller.scope.check_write(found.person)
    session.execute(select(TrainingRecord.id).where(TrainingRecord.id == record_id).with_for_update())
    session.refresh(found)
    return found


def _record(session: Session, caller: StaffCaller, row: TrainingRecord, *, action: str) -> None:
    audit.record(
        session,
        caller,
        action=action,
        object_type="training",
        object_id=row.id,
        subject_person_id=row.person_id,
        municipality_id=row.person.municipality_id,
    )
