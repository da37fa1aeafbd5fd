"""What the panel does with the plan of a group: its lines, and what fulfilled them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import texts
from db.audit import services as audit
from db.caller import StaffCaller
from db.errors import DomainError, NotFoundError
from db.groups import membership
from db.groups.models import MethodicalGroup
from db.groups.staff_queries import check_reach
from db.limits import YEARS
from db.plans.models import Period
from db.plans.terms import Reading
from db.workplans import deeds, rules
from db.workplans.deeds import WorkDeed
from db.workplans.models import WorkplanFulfilment, WorkplanLine, WorkWay


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDraft:
    """What a methodist says about a line; the days are read of the term's words where none are given."""

    text: str
    term: str
    starts: date | None = None
    ends: date | None = None
    period: Period | None = None
    times: int = 1


def add_line(session: Session, caller: StaffCaller, *, group_id: int, year: int | None, draft: WorkDraft) -> int:
    """Adds a line to a group's school year; the same words again are the same line. Returns its id.

    Raises DomainError `workplan_text`, `workplan_year`, `workplan_many`, `workplan_term`, `plan_days`, `plan_times`,
    ConflictError `groups_closed`, NotFoundError, ForbiddenError.
    """
    group = membership.locked(session, group_id)
    check_reach(session, caller.scope, group, write=True)
    if year is None or year not in YEARS:
        raise DomainError("workplan_year")
    first, last = rules.bounds(year)
    term = _term(draft, year)
    line_id = deeds.add(session, caller, group, year=year, text=draft.text, term=term or Reading(first, last))
    deeds.schedule(session, caller, session.get_one(WorkplanLine, line_id), term, draft.term)
    _record(session, caller, "workplans.save", group, line_id)
    return line_id


def change_line(session: Session, caller: StaffCaller, *, line_id: int, draft: WorkDraft) -> int:
    """Changes a line and returns its group's id. Raises as `add_line`, DomainError `workplan_fewer`."""
    row, group = _reached(session, caller, line_id)
    if len(draft.text) < rules.LEAST:
        raise DomainError("workplan_text")
    term = _term(draft, row.year)
    row.text = texts.one_alphabet(draft.text, field="text")
    deeds.schedule(session, caller, row, term, draft.term)
    _record(session, caller, "workplans.save", group, line_id)
    return group.id


def drop_line(session: Session, caller: StaffCaller, *, line_id: int) -> tuple[int, int]:
    """Takes a line out; returns the group's id and the year.

    Raises ConflictError `workplan_kept`, NotFoundError, ForbiddenError.
    """
    row, group = _reached(session, caller, line_id)
    of = group.id, row.year
    deeds.drop(session, caller, row)
    _record(session, caller, "workplans.drop", group, line_id)
    return of


def fulfil(session: Session, caller: StaffCaller, *, line_id: int, deed: WorkDeed) -> int:
    """Notes that the line's next slot is done; returns the group's id.

    Raises DomainError `plan_word`, `plan_done_on`, ConflictError `workplan_done`, NotFoundError, ForbiddenError.
    """
    row, group = _reached(session, caller, line_id)
    if deed.way is WorkWay.HAND and len(deed.word) < rules.LEAST:
        raise DomainError("plan_word")
    made = deeds.fill(session, caller, row, deed)
    _record(session, caller, "workplans.fulfil", group, line_id, slot=made.slot)
    return group.id


def undo(session: Session, caller: StaffCaller, *, line_id: int, fulfilment_id: int) -> int:
    """Takes back that a slot was done; returns the group's id. Raises NotFoundError, ForbiddenError."""
    row, group = _reached(session, caller, line_id)
    made = session.scalar(
        select(WorkplanFulfilment).where(WorkplanFulfilment.id == fulfilment_id, WorkplanFulfilment.line_id == line_id)
    )
    if made is None:
        raise NotFoundError
    slot = made.slot
    session.delete(made)
    session.flush()
    deeds.plan_reminder(session, caller, row)
    _record(session, caller, "workplans.undo", group, line_id, slot=slot)
    return group.id


def _reached(session: Session, caller: StaffCaller, line_id: int) -> tuple[WorkplanLine, MethodicalGroup]:
    row, group = deeds.locked(session, line_id)
    check_reach(session, caller.scope, group, write=True)
    return row, group


def _term(draft: WorkDraft, year: int) -> Reading | None:
    """The days of a draft; none where no words and no days are given.

    Words that cannot be read need days beside them: a line that nobody is reminded of looks like one that is.
    """
    if (draft.starts is None) != (draft.ends is None) or (draft.starts and draft.ends and draft.starts > draft.ends):
        raise DomainError("plan_days")
    if not 1 <= draft.times <= rules.MOST_TIMES:
        raise DomainError("plan_times")
    if draft.starts is not None and draft.ends is not None:
        return Reading(draft.starts, draft.ends, draft.period, draft.times)
    if not draft.term:
        return None
    found = rules.read(draft.term, year)
    if found is None:
        raise DomainError("workplan_term")
    return found


def _record(
    session: Session, caller: StaffCaller, action: str, group: MethodicalGroup, line_id: int, **more: Any
) -> None:
    audit.record(
        session,
        caller,
        action=action,
        object_type="workplan_line",
        object_id=line_id,
        municipality_id=group.municipality_id,
        **more,
    )
