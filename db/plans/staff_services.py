"""Changing plans by hand, as the panel does: lines, and what fulfilled them."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.documents import queries as documents
from db.errors import ConflictError, DomainError, NotFoundError
from db.events.models import Event, EventStatus
from db.notices import services as notices
from db.people.models import Person
from db.plans import fulfilment
from db.plans.models import Period, PlanEvent, PlanFulfilment, PlanLine, PlanResponsible, PlanSection, Way
from db.plans.notices import prefix, tell_named
from db.plans.rules import next_slot, slots
from db.plans.terms import days_of, read_term


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
    """Adds a line to a section, or changes one, and returns its id. A coordinator does it in the own directions.

    What days a new line's words mean is read of them where none are given (`terms.py`).
    Raises DomainError `plan_text`, `plan_days`, `plan_times`, `plan_fewer`, NotFoundError, ForbiddenError.
    """
    section = _section(session, line_id, section_id)
    if section is not None:
        caller.scope.check_direction(section.direction_id)
    elif caller.scope.direction_ids is None:
        caller.scope.check_region()
    if len(draft.text) < 3:
        raise DomainError("plan_text")
    if (draft.starts is None) != (draft.ends is None) or (draft.starts and draft.ends and draft.starts > draft.ends):
        raise DomainError("plan_days")
    if not 1 <= draft.times <= 12:
        raise DomainError("plan_times")
    if section is None:
        raise DomainError("plan_section")
    if line_id is None and draft.starts is None:
        draft = _read(draft, section)
    row = fulfilment.locked(session, line_id) if line_id is not None else _added(session, section)
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


def put_aside(session: Session, caller: StaffCaller, *, line_id: int) -> None:
    """Takes a line out of its plan; what was done of it stays, and so does the way back (`restore`).

    Raises NotFoundError, ForbiddenError.
    """
    _set_active(session, caller, line_id, active=False)
    audit.record(session, caller, action="plans.remove", object_type="plan_line", object_id=line_id)


def restore(session: Session, caller: StaffCaller, *, line_id: int) -> None:
    """Puts a line back into its plan. Raises NotFoundError, ForbiddenError."""
    _set_active(session, caller, line_id, active=True)
    audit.record(session, caller, action="plans.restore", object_type="plan_line", object_id=line_id)


def _set_active(session: Session, caller: StaffCaller, line_id: int, *, active: bool) -> None:
    row = fulfilment.locked(session, line_id)
    caller.scope.check_direction(row.section.direction_id)
    row.active = active
    session.flush()
    fulfilment.plan_reminders(session, caller, row)


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


def hold_by(session: Session, caller: StaffCaller, *, event_id: int, line_id: int) -> None:
    """Says by which line of a plan an event is held; one that is over is noted at once, one ahead once it is over.

    Raises NotFoundError, ForbiddenError, ConflictError `plan_event_held` for one that is held by a
    line already, `plan_done` where nothing of the line is open.
    """
    _hold(session, caller, event_id, line_id)
    audit.record(session, caller, action="plans.hold", object_type="plan_line", object_id=line_id, event_id=event_id)


def hold_by_new(session: Session, caller: StaffCaller, *, event_id: int, section_id: int) -> int:
    """Makes a line of an event, due on its day, by which it is held; returns the line's id.

    Raises NotFoundError, ForbiddenError, ConflictError `plan_event_held`.
    """
    caller.scope.check_region()
    section, event = session.get(PlanSection, section_id), session.get(Event, event_id)
    if section is None or event is None:
        raise NotFoundError
    row = _added(session, section)
    first, last = (moment.astimezone(caller.zone).date() for moment in (event.starts_at, event.ends_at))
    row.text, row.term, row.starts, row.ends = event.title, f"{first:%d.%m.%Y}", first, last
    row.format_id = event.format_id
    session.flush()
    _hold(session, caller, event_id, row.id)
    audit.record(session, caller, action="plans.hold_new", object_type="plan_line", object_id=row.id, event_id=event_id)
    return row.id


def let_go(session: Session, caller: StaffCaller, *, event_id: int) -> None:
    """Ends that an event is held by a line, and takes back what was noted of it.

    Raises NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    held = session.get(PlanEvent, event_id, with_for_update=True)
    if held is None:
        raise NotFoundError
    line = fulfilment.locked(session, held.line_id)
    noted = (PlanFulfilment.event_id == event_id) & (PlanFulfilment.line_id == line.id)
    session.execute(delete(PlanFulfilment).where(noted))
    session.delete(held)
    session.flush()
    fulfilment.plan_reminders(session, caller, line)
    audit.record(session, caller, action="plans.let_go", object_type="plan_line", object_id=line.id, event_id=event_id)


def _hold(session: Session, caller: StaffCaller, event_id: int, line_id: int) -> None:
    caller.scope.check_region()
    event = session.get(Event, event_id, with_for_update=True)
    if event is None or event.status is EventStatus.CANCELLED:
        raise NotFoundError
    line = fulfilment.locked(session, line_id)
    due, done = fulfilment.due_and_done(session, line)
    if not line.active:
        raise NotFoundError
    if session.get(PlanEvent, event_id) is not None:
        raise ConflictError("plan_event_held")
    if next_slot(due, done) is None:
        raise ConflictError("plan_done")
    held = PlanEvent(event_id=event_id, line_id=line_id)
    session.add(held)
    if event.ends_at <= caller.now and event.status is EventStatus.PUBLISHED:
        fulfilment.settle(session, caller, held, event)
    session.flush()


def _section(session: Session, line_id: int | None, section_id: int | None) -> PlanSection | None:
    """The section of a line that is there, or that a new one is for. Raises NotFoundError for no line."""
    if line_id is None:
        return session.get(PlanSection, section_id) if section_id is not None else None
    line = session.get(PlanLine, line_id)
    if line is None:
        raise NotFoundError
    return line.section


def _read(draft: LineDraft, section: PlanSection) -> LineDraft:
    found = read_term(draft.term, days_of(section))
    if found is None:
        return draft
    return replace(draft, starts=found.starts, ends=found.ends, period=found.period, times=found.times)


def _added(session: Session, section: PlanSection) -> PlanLine:
    session.refresh(section, with_for_update=True)
    last = session.scalar(select(func.max(PlanLine.position)).where(PlanLine.section_id == section.id)) or 0
    row = PlanLine(code=f"{section.code}-own-{last + 1}", section_id=section.id, position=last + 1, text="")
    session.add(row)
    session.flush()
    return row
