"""Changing plans by hand, as the panel does: lines, and what fulfilled them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.documents import queries as documents
from db.errors import ConflictError, DomainError, NotFoundError
from db.events.models import Event, EventStatus
from db.plans.models import Period, PlanFulfilment, PlanLine, PlanSection, Way
from db.plans.rules import next_slot, slots


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
    row = _line(session, line_id) if line_id is not None else _added(session, section_id)
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
    audit.record(session, caller, action="plans.save", object_type="plan_line", object_id=row.id)
    return row.id


def fulfil(session: Session, caller: StaffCaller, *, line_id: int, deed: Deed) -> int:
    """Notes that the line's next slot is done and returns the fulfilment's id.

    Raises DomainError `plan_word`, `plan_done_on`, ConflictError `plan_done`, NotFoundError, ForbiddenError.
    """
    caller.scope.check_region()
    row = _line(session, line_id)
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
    taken = set(session.scalars(select(PlanFulfilment.slot).where(PlanFulfilment.line_id == line_id)))
    slot = next_slot(slots(row.starts, row.ends, row.period, row.times), taken)
    if slot is None:
        raise ConflictError("plan_done")
    made = PlanFulfilment(
        line_id=line_id,
        slot=slot,
        done_on=deed.done_on,
        way=deed.way,
        event_id=deed.event_id,
        document_id=deed.document_id,
        word=deed.word,
        noted_at=caller.now,
        noted_by=caller.actor,
    )
    session.add(made)
    session.flush()
    audit.record(session, caller, action="plans.fulfil", object_type="plan_line", object_id=line_id, slot=slot)
    return made.id


def undo(session: Session, caller: StaffCaller, *, line_id: int, fulfilment_id: int) -> int:
    """Takes back that a slot was done and returns the line's id. Raises NotFoundError, ForbiddenError."""
    caller.scope.check_region()
    _line(session, line_id)
    made = session.get(PlanFulfilment, fulfilment_id)
    if made is None or made.line_id != line_id:
        raise NotFoundError
    session.delete(made)
    audit.record(session, caller, action="plans.undo", object_type="plan_line", object_id=made.line_id, slot=made.slot)
    return made.line_id


def _line(session: Session, line_id: int) -> PlanLine:
    """One line, locked: two people who note the same slot are one after the other."""
    row = session.get(PlanLine, line_id, with_for_update=True)
    if row is None:
        raise NotFoundError
    return row


def _added(session: Session, section_id: int | None) -> PlanLine:
    section = session.get(PlanSection, section_id, with_for_update=True) if section_id is not None else None
    if section is None:
        raise DomainError("plan_section")
    last = session.scalar(select(func.max(PlanLine.position)).where(PlanLine.section_id == section.id)) or 0
    row = PlanLine(code=f"{section.code}-own-{last + 1}", section_id=section.id, position=last + 1, text="")
    session.add(row)
    session.flush()
    return row
