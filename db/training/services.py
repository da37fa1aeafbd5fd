"""A teacher's records of training: written part by part, sent to the methodist, mended when returned."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from db import texts
from db.caller import PersonCaller
from db.documents import scans
from db.errors import ConflictError, DomainError, NotFoundError
from db.people.models import Person
from db.storage import StoredFile
from db.training.models import TrainingRecord, TrainingStatus
from db.training.queries import record
from db.training.rules import EDITABLE, LONGEST, MOST_HOURS, believable, missing, years_then
from db.transitions import move

MOST = 200
"""Records of one person."""


def begin(session: Session, caller: PersonCaller) -> TrainingRecord:
    """Returns the draft in hand, or a new one. Raises DomainError `training_many`."""
    # One draft, however often it is tapped.
    session.scalar(select(Person.id).where(Person.id == caller.person_id).with_for_update())
    own = TrainingRecord.person_id == caller.person_id
    draft = session.scalar(
        select(TrainingRecord)
        .where(own, TrainingRecord.status == TrainingStatus.DRAFT)
        .options(joinedload(TrainingRecord.scan))
    )
    if draft is None:
        if (session.scalar(select(func.count()).select_from(TrainingRecord).where(own)) or 0) >= MOST:
            raise DomainError("training_many", most=MOST)
        draft = TrainingRecord(person_id=caller.person_id, status=TrainingStatus.DRAFT, created_at=caller.now)
        session.add(draft)
        session.flush()
    return draft


def put_text(session: Session, caller: PersonCaller, *, record_id: int, field: str, text: str) -> TrainingRecord:
    """Keeps what was typed for one part: title, organisation or document.

    Raises DomainError `training_title`, `training_sent`, NotFoundError.
    """
    row = _mine(session, caller, record_id)
    word = texts.quoted(text)[:LONGEST]
    if field in ("title", "organisation") and len(word) < 2:
        raise DomainError("training_title")
    if field == "title":
        row.title = word
    elif field == "organisation":
        row.organisation = word
    elif field == "document":
        row.document = word
    else:
        raise NotFoundError
    session.flush()
    return row


def put_hours(session: Session, caller: PersonCaller, *, record_id: int, hours: int | None) -> TrainingRecord:
    """Keeps the academic hours. Raises DomainError `training_hours`, `training_sent`, NotFoundError."""
    if hours is None or not 1 <= hours <= MOST_HOURS:
        raise DomainError("training_hours", most=MOST_HOURS)
    row = _mine(session, caller, record_id)
    row.hours = hours
    session.flush()
    return row


def put_day(session: Session, caller: PersonCaller, *, record_id: int, day: date | None) -> TrainingRecord:
    """Keeps the document's day. Raises DomainError `training_day`, `training_sent`, NotFoundError."""
    if day is None or not believable(day, today=caller.now.astimezone(caller.zone).date()):
        raise DomainError("training_day")
    row = _mine(session, caller, record_id)
    row.issued_on = day
    session.flush()
    return row


def put_project(session: Session, caller: PersonCaller, *, record_id: int, of_project: bool) -> TrainingRecord:
    """Keeps whether it was on the project's subject. Raises DomainError `training_sent`, NotFoundError."""
    row = _mine(session, caller, record_id)
    row.of_project = of_project
    session.flush()
    return row


def put_file(session: Session, caller: PersonCaller, *, record_id: int, stored: StoredFile) -> TrainingRecord:
    """Keeps a checked file of the document, in place of the one before. Raises as `put_project`."""
    row = _mine(session, caller, record_id)
    before, row.scan_id = row.scan_id, scans.keep(session, caller, stored=stored)
    session.flush()
    scans.drop(session, scan_id=before)
    session.refresh(row, ["scan"])
    return row


def send(session: Session, caller: PersonCaller, *, record_id: int) -> TrainingRecord:
    """Hands a whole record to the methodist; one that is there already stays. Raises DomainError `training_missing`."""
    row = record(session, caller, record_id=record_id)
    if row.status is TrainingStatus.SENT:
        return row
    row = _mine(session, caller, record_id)
    if missing(row) is not None:
        raise DomainError("training_missing")
    move(row, TrainingStatus.SENT)
    person = session.get_one(Person, caller.person_id)
    fill_experience(row, person.experience_years, today=caller.now.astimezone(caller.zone).date())
    row.sent_at = caller.now
    session.flush()
    return row


def discard(session: Session, caller: PersonCaller, *, record_id: int) -> None:
    """Deletes what the teacher still holds. Raises DomainError `training_sent`, NotFoundError."""
    remove(session, _mine(session, caller, record_id))


def remove(session: Session, row: TrainingRecord) -> None:
    """Deletes a record with its scan."""
    scan_id = row.scan_id
    session.delete(row)
    session.flush()
    scans.drop(session, scan_id=scan_id)


def fill_experience(row: TrainingRecord, years: int | None, *, today: date) -> None:
    """Notes how long the person had worked on the day of the document."""
    if row.issued_on is not None:
        row.experience = years_then(years, issued_on=row.issued_on, today=today)


def _mine(session: Session, caller: PersonCaller, record_id: int) -> TrainingRecord:
    """Locks a record that its teacher may change. Raises NotFoundError, ConflictError `training_sent`."""
    row = session.scalar(
        select(TrainingRecord)
        .where(TrainingRecord.id == record_id, TrainingRecord.person_id == caller.person_id)
        .options(joinedload(TrainingRecord.scan))
        .with_for_update(of=TrainingRecord)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFoundError
    if row.status not in EDITABLE:
        raise ConflictError("training_sent")
    return row
