"""A line's slots as they are filled, each once: by the head in the bot and by the panel, over a locked group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from db import texts
from db.caller import Caller
from db.documents.models import OfficialDocument
from db.errors import ConflictError, DomainError, NotFoundError
from db.events.models import Event, EventHost, EventStatus
from db.groups import membership
from db.groups.models import (
    GroupDecision,
    GroupMeeting,
    GroupMeetingStatus,
    GroupMember,
    MemberStatus,
    MethodicalGroup,
)
from db.groups.notices import prefix
from db.notices import services as notices
from db.plans.rules import Slot, next_slot, reminder
from db.plans.terms import Reading
from db.products.models import Product, ProductAuthor
from db.workplans import rules
from db.workplans.models import WorkplanFulfilment, WorkplanLine, WorkWay


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDeed:
    """What fulfilled a line once: a row of `way` by its id, or by hand alone."""

    done_on: date
    way: WorkWay = WorkWay.HAND
    of_id: int | None = None
    word: str = ""


def of_line(group_id: int, person_id: int, line_id: int) -> str:
    """How the keys of what a head hears of a line begin: under the group's own, which end with the head's time."""
    return f"{prefix(group_id, person_id)}plan:{line_id}:"


def locked(session: Session, line_id: int, *, working: bool = True) -> tuple[WorkplanLine, MethodicalGroup]:
    """Returns a line with its group, which is locked: whoever changes the plan waits here.

    Raises NotFoundError, ConflictError `groups_closed`.
    """
    group_id = session.scalar(select(WorkplanLine.group_id).where(WorkplanLine.id == line_id))
    if group_id is None:
        raise NotFoundError
    group = membership.locked(session, group_id, working=working)
    line = session.get(WorkplanLine, line_id, populate_existing=True)
    if line is None:
        raise NotFoundError
    return line, group


def add(session: Session, caller: Caller, group: MethodicalGroup, *, year: int, text: str, term: Reading) -> int:
    """Adds a line to a locked group's year; the same words again are the same line. Returns its id.

    Raises DomainError `workplan_text`, `workplan_many`.
    """
    if len(text) < rules.LEAST:
        raise DomainError("workplan_text")
    text = texts.one_alphabet(text, field="text")
    own = WorkplanLine.group_id == group.id, WorkplanLine.year == year
    same = session.scalar(select(WorkplanLine.id).where(*own, WorkplanLine.text == text))
    if same is not None:
        return same
    if (session.scalar(select(func.count()).select_from(WorkplanLine).where(*own)) or 0) >= rules.MOST_LINES:
        raise DomainError("workplan_many", most=rules.MOST_LINES)
    row = WorkplanLine(group_id=group.id, year=year, text=text)
    session.add(row)
    schedule(session, caller, row, term)
    return row.id


def schedule(session: Session, caller: Caller, row: WorkplanLine, term: Reading | None, words: str = "") -> None:
    """Gives a line its term as days and as words. Raises DomainError `workplan_fewer` where more of it is done."""
    starts, ends = (term.starts, term.ends) if term else (None, None)
    period, times = (term.period, term.times) if term and term.period else (None, 1)
    last = session.scalar(select(func.max(WorkplanFulfilment.slot)).where(WorkplanFulfilment.line_id == row.id))
    if last is not None and last >= rules.count(starts, ends, period, times):
        raise DomainError("workplan_fewer", done=last + 1)
    row.starts, row.ends, row.period, row.times, row.term = starts, ends, period, times, words
    session.flush()
    plan_reminder(session, caller, row)


def due_and_done(session: Session, row: WorkplanLine) -> tuple[Sequence[Slot], set[int]]:
    """Returns the slots of a line and which of them are done."""
    done = set(session.scalars(select(WorkplanFulfilment.slot).where(WorkplanFulfilment.line_id == row.id)))
    return rules.due(row.starts, row.ends, row.period, row.times), done


def plan_reminder(session: Session, caller: Caller, row: WorkplanLine) -> None:
    """Works out anew when the head is reminded; what waits to be said of another term is not said."""
    due, done = due_and_done(session, row)
    found = reminder(due, done, today=membership.today(caller))
    row.remind_on = found[1] if found else None
    _unsay(session, row)


def _unsay(session: Session, row: WorkplanLine) -> None:
    if row.group.head_id is not None:
        notices.cancel_prefix(session, prefix=of_line(row.group_id, row.group.head_id, row.id))


def fill(
    session: Session, caller: Caller, row: WorkplanLine, deed: WorkDeed, *, slot: int | None = None
) -> WorkplanFulfilment:
    """Notes that a slot of a line is done, the next one by default.

    Raises ConflictError `workplan_done`, DomainError `plan_done_on` for a day ahead, NotFoundError for what is none
    of the group's.
    """
    due, done = due_and_done(session, row)
    chosen = next_slot(due, done) if slot is None else slot
    if chosen is None or chosen in done or chosen >= max(len(due), 1):
        raise ConflictError("workplan_done")
    if deed.done_on > membership.today(caller):
        raise DomainError("plan_done_on")
    made = WorkplanFulfilment(
        line_id=row.id,
        slot=chosen,
        done_on=deed.done_on,
        word=deed.word,
        noted_at=caller.now,
        noted_by=caller.actor,
    )
    shown_by(session, caller, row, made, deed.way, deed.of_id)
    session.add(made)
    session.flush()
    plan_reminder(session, caller, row)
    return made


def shown_by(
    session: Session, caller: Caller, row: WorkplanLine, made: WorkplanFulfilment, way: WorkWay, of_id: int | None
) -> None:
    """Says by what a slot was filled. Raises NotFoundError for what is none of the group's."""
    if way is not WorkWay.HAND:
        query = _ways(caller, row.group_id)[way]
        if session.execute(query.where(query.selected_columns[0] == of_id)).first() is None:
            raise NotFoundError
    for one in WorkWay:
        if one is not WorkWay.HAND:
            setattr(made, f"{one.value}_id", of_id if one is way else None)
    made.way = way


def shows(
    session: Session, caller: Caller, group_id: int, *, ways: Sequence[WorkWay], most: int = 100
) -> Mapping[WorkWay, Sequence[tuple[int, str | datetime]]]:
    """Lists what may fulfil a line of a group, the newest first.

    Those are its held meetings, by their moment, its decisions that were carried out, events that have begun and that
    its members lead or speak at, their products, and documents.
    """
    queries = _ways(caller, group_id)
    return {way: [(number, text) for number, text in session.execute(queries[way].limit(most))] for way in ways}


def _ways(caller: Caller, group_id: int) -> Mapping[WorkWay, Select[Any, Any]]:
    inside = select(GroupMember.person_id).where(
        GroupMember.group_id == group_id, GroupMember.status == MemberStatus.ACTIVE
    )
    held = GroupMeeting.group_id == group_id, GroupMeeting.status == GroupMeetingStatus.HELD
    return {
        WorkWay.MEETING: select(GroupMeeting.id, GroupMeeting.planned_at)
        .where(*held)
        .order_by(GroupMeeting.planned_at.desc()),
        WorkWay.DECISION: select(GroupDecision.id, GroupDecision.text)
        .join(GroupMeeting, GroupMeeting.id == GroupDecision.meeting_id)
        .where(*held, GroupDecision.done_on.is_not(None))
        .order_by(GroupDecision.done_on.desc()),
        WorkWay.EVENT: select(Event.id, Event.title)
        .where(
            Event.status == EventStatus.PUBLISHED,
            Event.starts_at <= caller.now,
            Event.id.in_(select(EventHost.event_id).where(EventHost.person_id.in_(inside))),
        )
        .order_by(Event.starts_at.desc()),
        WorkWay.DOCUMENT: select(OfficialDocument.id, OfficialDocument.heading).order_by(OfficialDocument.id.desc()),
        WorkWay.PRODUCT: select(Product.id, Product.title)
        .where(Product.id.in_(select(ProductAuthor.product_id).where(ProductAuthor.person_id.in_(inside))))
        .order_by(Product.id.desc()),
    }


def drop(session: Session, caller: Caller, row: WorkplanLine) -> None:
    """Takes a line out of the plan. Raises ConflictError `workplan_kept` where something of it was done."""
    if due_and_done(session, row)[1]:
        raise ConflictError("workplan_kept")
    _unsay(session, row)
    session.delete(row)
    session.flush()
