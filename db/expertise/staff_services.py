"""Keeps expert work as methodists do: invites, writes down what was done, finishes, takes back, keeps the letter."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import texts
from db.accounts.staff_queries import refuse_own
from db.audit import services as audit
from db.caller import StaffCaller
from db.diary import services as diary
from db.diary.models import DiarySource
from db.dictionaries.models import Organisation
from db.documents import scans
from db.errors import DomainError, NotFoundError
from db.expertise import notices
from db.expertise.models import ExpertKind, ExpertStatus, ExpertWork
from db.expertise.queries import check_days, check_free
from db.expertise.rules import MOST_HOURS, STANDING, believable
from db.expertise.staff_queries import work
from db.notices.services import cancel_prefix
from db.people.models import Person
from db.people.staff_services import refuse_withdrawn
from db.storage import StoredFile
from db.transitions import move


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpertDraft:
    """What a methodist says of expert work."""

    kind_id: int | None
    title: str
    organisation_id: int | None
    starts_on: date | None
    ends_on: date | None
    hours: int | None


def invite(session: Session, caller: StaffCaller, *, person_id: int, draft: ExpertDraft) -> int:
    """Invites an expert, who is told in waking hours and answers in the bot. Returns the work's id.

    Raises what `_begun` raises, ConflictError of `check_free`, DomainError `expertise_past` for days gone by.
    """
    row = _begun(session, caller, person_id=person_id, draft=draft)
    if row.ends_on < caller.now.astimezone(caller.zone).date():
        raise DomainError("expertise_past")
    session.add(row)
    session.flush()
    notices.tell(session, caller, row=row, kind=notices.INVITED)
    _record(session, caller, row, "invite")
    return row.id


def write_down(session: Session, caller: StaffCaller, *, person_id: int, draft: ExpertDraft) -> int:
    """Writes down what was done without an invitation. Returns the work's id.

    Raises as `invite`, DomainError `expertise_ahead` for what is not over, `expertise_own`.
    """
    refuse_own(session, caller, person_id, code="expertise_own")
    row = _begun(session, caller, person_id=person_id, draft=draft, done=True)
    if row.ends_on > caller.now.astimezone(caller.zone).date():
        raise DomainError("expertise_ahead")
    session.add(row)
    session.flush()
    _into_diary(session, caller, row)
    _record(session, caller, row, "write_down")
    return row.id


def finish(session: Session, caller: StaffCaller, *, work_id: int, hours: int | None) -> None:
    """Counts accepted work as done, with its hours, and writes it into the expert's diary.

    Raises ConflictError `expertise_over`, DomainError `expertise_ahead`, `expertise_hours`, `expertise_own`,
    NotFoundError, ForbiddenError.
    """
    row = _own(session, caller, work_id)
    refuse_own(session, caller, row.person_id, code="expertise_own")
    if row.starts_on > caller.now.astimezone(caller.zone).date():
        raise DomainError("expertise_ahead")
    _check_hours(hours)
    move(row, ExpertStatus.DONE)
    row.hours, row.done_at = hours, caller.now
    session.flush()
    _into_diary(session, caller, row)
    _record(session, caller, row, "finish")


def reopen(session: Session, caller: StaffCaller, *, work_id: int) -> None:
    """Takes back that work is done, with its line of the diary.

    Raises as `finish`, ConflictError `expertise_days` where the expert has accepted other work of these days since.
    """
    row = _own(session, caller, work_id)
    check_days(session, person_id=row.person_id, starts_on=row.starts_on, ends_on=row.ends_on, but=row.id)
    move(row, ExpertStatus.ACCEPTED)
    row.done_at = None
    diary.remove(session, caller, source=DiarySource.EXPERTISE, source_id=row.id)
    session.flush()
    _record(session, caller, row, "reopen")


def cancel(session: Session, caller: StaffCaller, *, work_id: int) -> None:
    """Takes an invitation or accepted work back; who had it before their eyes is told. Raises as `finish`."""
    row = _own(session, caller, work_id)
    told = row.status in STANDING and not cancel_prefix(session, prefix=notices.prefix(row.id))
    move(row, ExpertStatus.CANCELLED)
    if told:
        notices.tell(session, caller, row=row, kind=notices.CANCELLED)
    session.flush()
    _record(session, caller, row, "cancel")


def put_letter(session: Session, caller: StaffCaller, *, work_id: int, stored: StoredFile) -> None:
    """Keeps a checked file of the letter, in place of the one before. Raises NotFoundError, ForbiddenError."""
    row = _own(session, caller, work_id)
    before, row.scan_id = row.scan_id, scans.keep(session, caller, stored=stored)
    session.flush()
    scans.drop(session, scan_id=before)
    _record(session, caller, row, "put_letter")


def _begun(
    session: Session, caller: StaffCaller, *, person_id: int, draft: ExpertDraft, done: bool = False
) -> ExpertWork:
    """Raises DomainError `expertise_title`, `expertise_day`, `expertise_hours`, `person_withdrawn`, NotFoundError."""
    person = session.scalar(select(Person).where(Person.id == person_id).with_for_update())
    if person is None or person.erased_at is not None:
        raise NotFoundError
    caller.scope.check_write(person)
    refuse_withdrawn(session, person_id)
    kind = session.get(ExpertKind, draft.kind_id) if draft.kind_id is not None else None
    title = texts.quoted(draft.title)
    if kind is None or len(title) < 3:
        raise DomainError("expertise_title")
    if draft.organisation_id is not None:
        place = session.get(Organisation, draft.organisation_id)
        if place is None or not caller.scope.sees(place):
            raise NotFoundError
    today = caller.now.astimezone(caller.zone).date()
    starts_on, ends_on = draft.starts_on, draft.ends_on or draft.starts_on
    if starts_on is None or ends_on is None or not believable(starts_on, ends_on, today=today):
        raise DomainError("expertise_day")
    _check_hours(draft.hours)
    check_free(session, person=person, organisation_id=draft.organisation_id, starts_on=starts_on, ends_on=ends_on)
    return ExpertWork(
        person=person,
        kind=kind,
        title=title,
        organisation_id=draft.organisation_id,
        starts_on=starts_on,
        ends_on=ends_on,
        hours=draft.hours,
        status=ExpertStatus.DONE if done else ExpertStatus.INVITED,
        created_at=caller.now,
        done_at=caller.now if done else None,
    )


def _check_hours(hours: int | None) -> None:
    if hours is not None and not 1 <= hours <= MOST_HOURS:
        raise DomainError("expertise_hours", most=MOST_HOURS)


def _into_diary(session: Session, caller: StaffCaller, row: ExpertWork) -> None:
    diary.note(
        session,
        caller,
        person_id=row.person_id,
        source=DiarySource.EXPERTISE,
        source_id=row.id,
        on=min(row.ends_on, caller.now.astimezone(caller.zone).date()),  # it may be over before it was to end
        text=row.title,
        hours=row.hours,
    )


def _own(session: Session, caller: StaffCaller, work_id: int) -> ExpertWork:
    """Locks the person first, as the expert's own answer does, then the work within reach."""
    person = select(ExpertWork.person_id).where(ExpertWork.id == work_id).scalar_subquery()
    session.scalar(select(Person.id).where(Person.id == person).with_for_update())
    row = work(session, caller, work_id=work_id)
    caller.scope.check_write(row.person)
    session.refresh(row)
    return row


def _record(session: Session, caller: StaffCaller, row: ExpertWork, action: str) -> None:
    audit.record(
        session,
        caller,
        action=f"expertise.{action}",
        object_type="expert_work",
        object_id=row.id,
        subject_person_id=row.person_id,
        municipality_id=row.person.municipality_id,
    )
