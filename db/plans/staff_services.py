"""Changing plans by hand, as the panel does: lines, and what fulfilled them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.documents import queries as documents
from db.errors import DomainError, NotFoundError
from db.events.models import Event, EventStatus
from db.notices import services as notices
from db.people.models import Person
from db.plans import fulfilment
from db.plans.models import Period, PlanFulfilment, PlanLine, PlanResponsible, PlanSection, Way
from db.plans.notices import prefix, tell_named
from db.plans.rules import slots


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDraft:
    """What a methodist says about a line."""

    text: str
    participants: str
    performers: str
    term: str
    result: str
    starts: date | None
    ends: date | None
    period: Period | None
    times: int
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What fulfilled a line once."""

    done_on: date
    word: str
    event_id: int | None = None
    document_id: int | None = None

    @property
    def way(self) -> Way:
        """By what it was done."""
        return Way.EVENT if self.event_id else Way.DOCUMENT if self.document_id else Way.HAND


def save_line(
    session: Session, caller: StaffCaller, *, line_id: int | None, section_id: int | None, draft: LineDraft
) -> int:
    """Adds a line to a section, or changes one, and returns its id.

    Raises DomainError `plan_text`, `plan_days`, `plan_times`, `plan_fewer`, NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    if len(draft.text) < 3:
        raise DomainError("plan_text")
    if (draft.starts is None) != (draft.ends is None) or (draft.starts and draft.ends and draft.starts > draft.ends):
        raise DomainError("plan_days")
    if not 1 <= draft.times <= 12:
        raise DomainError("plan_times")
    row = fulfilment.locked(session, line_id) if line_id is not None else _added(session, section_id)
    due = slots(draft.starts, draft.ends, draft.period, draft.times)
    last = session.scalar(select(func.max(PlanFulfilment.slot)).where(PlanFulfilment.line_id == row.id))
    if last is not None and last >= max(len(due), 1):
        raise DomainError("plan_fewer", done=last + 1)
    row.text = texts.one_alphabet(draft.text, field="text")
    row.participants, row.performers, row.result = draft.participants, draft.performers, draft.result
    row.term, row.starts, row.ends = draft.term, draft.starts, draft.ends
    row.period = draft.period if due else None
    row.times, row.active = draft.times if row.period else 1, draft.active
    session.flush()
    fulfilment.plan_reminders(session, caller, row)
    audit.record(session, caller, action="plans.save", object_type="plan_line", object_id=row.id)
    return row.id


def fulfil(session: Session, caller: StaffCaller, *, line_id: int, deed: Deed) -> int:
    """Notes that the line's next slot is done and returns the fulfilment's id.

    Raises DomainError `plan_word`, `plan_done_on`, ConflictError `plan_done`, NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    row = fulfilment.locked(session, line_id)
    if deed.way is Way.HAND and len(deed.word) < 3:
        raise DomainError("plan_word")
    if deed.done_on > caller.now.astimezone(caller.zone).date():
        raise DomainError("plan_done_on")
    if deed.event_id is not None:
        event = session.get(Event, deed.event_id)
        if event is None or event.status is not EventStatus.PUBLISHED:
            raise NotFoundError
    if deed.document_id is not None:
        documents.document(session, document_id=deed.document_id)
    made = fulfilment.fill(
        session,
        caller,
        row,
        done_on=deed.done_on,
        way=deed.way,
        word=deed.word,
        event_id=deed.event_id,
        document_id=deed.document_id,
    )
    audit.record(session, caller, action="plans.fulfil", object_type="plan_line", object_id=line_id, slot=made.slot)
    return made.id


def undo(session: Session, caller: StaffCaller, *, line_id: int, fulfilment_id: int) -> int:
    """Takes back that a slot was done and returns the line's id. Raises NotFoundError, ForbiddenError."""
    caller.scope.check_region()
    row = fulfilment.locked(session, line_id)
    made = session.get(PlanFulfilment, fulfilment_id)
    if made is None or made.line_id != line_id:
        raise NotFoundError
    session.delete(made)
    session.flush()
    fulfilment.plan_reminders(session, caller, row)
    audit.record(session, caller, action="plans.undo", object_type="plan_line", object_id=made.line_id, slot=made.slot)
    return made.line_id


def name_responsible(session: Session, caller: StaffCaller, *, line_id: int, person_id: int) -> None:
    """Names somebody within reach who answers for a line; they are told. Twice is once.

    Raises NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    row = fulfilment.locked(session, line_id)
    person = session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise NotFoundError
    caller.scope.check(person)
    if session.get(PlanResponsible, (line_id, person_id)) is not None:
        return
    session.add(PlanResponsible(line_id=line_id, person_id=person_id))
    session.flush()
    fulfilment.plan_reminders(session, caller, row)
    tell_named(session, caller, row, person_id=person_id)
    audit.record(
        session,
        caller,
        action="plans.name",
        object_type="plan_line",
        object_id=line_id,
        subject_person_id=person_id,
        municipality_id=person.municipality_id,
    )


def release(session: Session, caller: StaffCaller, *, line_id: int, person_id: int) -> None:
    """Ends that somebody answers for a line; what was still to be said is not. Raises NotFoundError, ForbiddenError."""
    caller.scope.check_region()
    fulfilment.locked(session, line_id)
    named = session.get(PlanResponsible, (line_id, person_id))
    if named is None:
        raise NotFoundError
    session.delete(named)
    notices.cancel_prefix(session, prefix=prefix(line_id, person_id))
    audit.record(
        session, caller, action="plans.release", object_type="plan_line", object_id=line_id, subject_person_id=person_id
    )


def _added(session: Session, section_id: int | None) -> PlanLine:
    section = session.get(PlanSection, section_id, with_for_update=True) if section_id is not None else None
    if section is None:
        raise DomainError("plan_section")
    last = session.scalar(select(func.max(PlanLine.position)).where(PlanLine.section_id == section.id)) or 0
    row = PlanLine(code=f"{section.code}-own-{last + 1}", section_id=section.id, position=last + 1, text="")
    session.add(row)
    session.flush()
    return row
