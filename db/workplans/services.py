"""What a group's head does with its plan in the bot: adds lines, says when, notes what is done."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.diary.rules import school_year
from db.errors import DomainError, NotFoundError
from db.groups import membership
from db.workplans import deeds, rules
from db.workplans.deeds import WorkDeed
from db.workplans.models import WorkplanFulfilment, WorkplanLine, WorkWay


def add(session: Session, caller: PersonCaller, *, group_id: int, year: int, text: str) -> int:
    """Adds a line to this or the next school year's plan, due within it; the same words again are the same line.

    Returns its id. Raises NotFoundError, ConflictError `groups_closed`, DomainError `workplan_text`, `workplan_many`.
    """
    group = membership.locked(session, group_id)
    today = membership.today(caller)
    if group.head_id != caller.person_id or year - school_year(today) not in (0, 1):
        raise NotFoundError
    term = rules.term_of("year", year, today=today)
    if term is None:
        raise NotFoundError
    return deeds.add(session, caller, group, year=year, text=text, term=term)


def set_term(session: Session, caller: PersonCaller, *, line_id: int, code: str) -> None:
    """Says when a line is due, by the code of a button. Raises NotFoundError, ConflictError, DomainError."""
    row = _headed(session, caller, line_id)
    term = rules.term_of(code, row.year, today=membership.today(caller))
    if term is None:
        raise NotFoundError
    deeds.schedule(session, caller, row, term)


def type_term(session: Session, caller: PersonCaller, *, line_id: int, words: str) -> None:
    """Says when a line is due in words of one's own.

    Raises DomainError `workplan_term` for words that cannot be read as days of its school year: nothing is changed,
    NotFoundError, ConflictError `groups_closed`, DomainError `workplan_fewer`.
    """
    row = _headed(session, caller, line_id)
    term = rules.read(words, row.year)
    if term is None:
        raise DomainError("workplan_term")
    deeds.schedule(session, caller, row, term, words)


def drop(session: Session, caller: PersonCaller, *, line_id: int) -> tuple[int, int]:
    """Takes a line out of the plan; returns the group's id and the year. Raises as `deeds.drop`, NotFoundError."""
    row = _headed(session, caller, line_id)
    of = row.group_id, row.year
    deeds.drop(session, caller, row)
    return of


def done(session: Session, caller: PersonCaller, *, line_id: int, slot: int) -> None:
    """Notes that a slot is done today. Raises NotFoundError, ConflictError `workplan_done`, `groups_closed`."""
    row = _headed(session, caller, line_id)
    deeds.fill(session, caller, row, WorkDeed(done_on=membership.today(caller)), slot=slot)


def show(session: Session, caller: PersonCaller, *, line_id: int, slot: int, way: str, of_id: int) -> None:
    """Says by what one has done it: a meeting of the group, an event of its members. Raises NotFoundError."""
    row = _headed(session, caller, line_id)
    if way not in (WorkWay.MEETING, WorkWay.EVENT):
        raise NotFoundError
    deeds.shown_by(session, caller, row, _noted(session, caller, line_id, slot), WorkWay(way), of_id)


def say(session: Session, caller: PersonCaller, *, line_id: int, slot: int, word: str) -> None:
    """Adds with which result one has done it. Raises NotFoundError."""
    _headed(session, caller, line_id)
    _noted(session, caller, line_id, slot).word = word


def reopen(session: Session, caller: PersonCaller, *, line_id: int, slot: int) -> None:
    """Takes back what one has noted oneself. Raises NotFoundError."""
    row = _headed(session, caller, line_id)
    session.delete(_noted(session, caller, line_id, slot))
    session.flush()
    deeds.plan_reminder(session, caller, row)


def _headed(session: Session, caller: PersonCaller, line_id: int) -> WorkplanLine:
    row, group = deeds.locked(session, line_id)
    if group.head_id != caller.person_id:
        raise NotFoundError
    return row


def _noted(session: Session, caller: PersonCaller, line_id: int, slot: int) -> WorkplanFulfilment:
    made = session.scalar(
        select(WorkplanFulfilment).where(
            WorkplanFulfilment.line_id == line_id,
            WorkplanFulfilment.slot == slot,
            WorkplanFulfilment.noted_by == caller.actor,
        )
    )
    if made is None:
        raise NotFoundError
    return made
