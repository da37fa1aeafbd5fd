"""What a methodist does with practices: appoints experts, enters what they said, decides, names authors."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from db import texts
from db.accounts.staff_queries import refuse_own
from db.audit import services as audit
from db.caller import StaffCaller
from db.errors import ConflictError, DomainError, NotFoundError
from db.notices import services as notices
from db.people.models import Person
from db.practices import experts, services
from db.practices.models import Practice, PracticeAuthor, PracticeExpert, PracticeStatus, PracticeVerdict
from db.practices.notices import ask_expert, of_decision, of_expert, tell_decision, tell_taken_down
from db.practices.rules import EXPERTS, TEXT, UNDO, WITHDRAWABLE, conflicted
from db.ties.queries import close
from db.transitions import move

OUTCOME = {PracticeVerdict.PUBLISH: PracticeStatus.PUBLISHED, PracticeVerdict.RETURN: PracticeStatus.RETURNED}


def appoint(session: Session, caller: StaffCaller, *, practice_id: int, person_id: int) -> None:
    """Asks somebody to look at a practice as an expert; the second one begins the expertise. Twice is once.

    Raises NotFoundError, ForbiddenError, ConflictError `practice_moved_on`, `practice_experts`, DomainError
    `practice_expert_author`, `practice_expert_colleague`, `practice_expert_close`, `practice_decides_own`.
    """
    row = _within(session, caller, practice_id)
    _refuse_author(session, caller, row)
    if row.status not in experts.MAY_ANSWER:
        raise ConflictError("practice_moved_on")
    person = session.get(Person, person_id)
    if person is None or person.erased_at is not None or person.profile_saved_at is None:
        raise NotFoundError
    caller.scope.check(person)
    asked = row.now_experts
    if any(one.person_id == person_id for one in asked):
        return
    if len(asked) >= EXPERTS:
        raise ConflictError("practice_experts", most=EXPERTS)
    authors = _authors(session, row)
    code = conflicted(
        (person.id, person.organisation_id), {one.id for one in authors}, {one.organisation_id for one in authors}
    )
    if code is not None:
        raise DomainError(code)
    if close(session, person_id=person_id, other_ids=[one.id for one in authors]):
        raise DomainError("practice_expert_close")
    made = PracticeExpert(practice_id=row.id, turn=row.turn, person_id=person_id, appointed_at=caller.now)
    session.add(made)
    session.flush()
    if len(asked) + 1 == EXPERTS:
        move(row, PracticeStatus.EXPERTISE)
    ask_expert(session, caller, made, title=row.title)
    _record(session, caller, row, "appoint", person_id)


def dismiss(session: Session, caller: StaffCaller, *, expert_id: int) -> int:
    """Takes an expert out who has not answered; the place is free again. Returns the practice's id.

    Raises NotFoundError, ForbiddenError, ConflictError `practice_moved_on`, `practice_answered`, DomainError
    `practice_decides_own`.
    """
    row, one = _expert(session, caller, expert_id)
    if one.verdict is not None:
        raise ConflictError("practice_answered")
    notices.cancel_prefix(session, prefix=of_expert(one))
    session.delete(one)
    if row.status is PracticeStatus.EXPERTISE:
        move(row, PracticeStatus.SENT)
    session.flush()
    _record(session, caller, row, "dismiss", one.person_id)
    return row.id


def enter(session: Session, caller: StaffCaller, *, expert_id: int, verdict: PracticeVerdict, remark: str) -> int:
    """Enters what an expert said elsewhere, such as on paper. Returns the practice's id.

    Raises NotFoundError, ForbiddenError, ConflictError `practice_moved_on`, `practice_answered`, DomainError
    `practice_short`, `practice_long`, `practice_decides_own`.
    """
    row, one = _expert(session, caller, expert_id)
    experts.answer(session, caller, one, verdict=verdict, remark=remark)
    _record(session, caller, row, "enter", one.person_id)
    return row.id


def decide(session: Session, caller: StaffCaller, *, practice_id: int, verdict: PracticeVerdict, said: str) -> None:
    """Publishes a practice or returns it, once both experts have answered; the author hears both remarks.

    Raises NotFoundError, ForbiddenError, ConflictError `practice_moved_on`, DomainError `practice_waits`,
    `practice_long`, `practice_decides_own`.
    """
    row = _within(session, caller, practice_id)
    _refuse_author(session, caller, row)
    if row.status is not PracticeStatus.EXPERTISE:
        raise ConflictError("practice_moved_on")
    if sum(one.verdict is not None for one in row.now_experts) < EXPERTS:
        raise DomainError("practice_waits")
    if len(said) > TEXT:
        raise DomainError("practice_long", length=len(said), limit=TEXT)
    if verdict is PracticeVerdict.PUBLISH:
        row.confirmed_at, row.asked_at = caller.now, None
    move(row, OUTCOME[verdict])
    row.said, row.decided_at, row.decided_by = texts.clean(said), caller.now, caller.actor
    session.flush()
    tell_decision(session, caller, row, verdict=verdict)
    _record(session, caller, row, "decide", row.proposer_id, verdict=verdict.value)


def undo(session: Session, caller: StaffCaller, *, practice_id: int) -> None:
    """Takes one's own decision back within `UNDO`, before the author hears of it.

    Raises NotFoundError, ForbiddenError, ConflictError `practice_undo_late`.
    """
    row = _within(session, caller, practice_id)
    late = row.decided_at is None or caller.now > row.decided_at + UNDO
    if late or row.status not in OUTCOME.values() or row.decided_by != caller.actor:
        raise ConflictError("practice_undo_late")
    notices.cancel_prefix(session, prefix=of_decision(row))
    move(row, PracticeStatus.EXPERTISE)
    row.said, row.decided_at, row.decided_by = "", None, None
    session.flush()
    _record(session, caller, row, "undo", row.proposer_id)


def take_down(session: Session, caller: StaffCaller, *, practice_id: int) -> None:
    """Takes away a practice that must not be found, such as a copied one; its author hears of it, once.

    Raises NotFoundError, ForbiddenError.
    """
    row = _within(session, caller, practice_id)
    if row.status in WITHDRAWABLE:
        services.end(session, row)
        session.flush()
        tell_taken_down(session, caller, row)
        _record(session, caller, row, "take_down", row.proposer_id)


def name_author(session: Session, caller: StaffCaller, *, practice_id: int, person_id: int) -> None:
    """Adds a person as a further author; a bare name that is the same gives way. Twice is once.

    Raises NotFoundError, ForbiddenError.
    """
    row = _within(session, caller, practice_id)
    person = session.get(Person, person_id)
    if person is None or person.erased_at is not None:
        raise NotFoundError
    caller.scope.check(person)
    if person_id == row.proposer_id or any(one.person_id == person_id for one in row.authors):
        return
    for one in row.authors:
        if one.name and texts.comparable(one.name) == texts.comparable(person.full_name or ""):
            session.delete(one)
    session.add(PracticeAuthor(practice_id=row.id, person_id=person_id))
    session.flush()
    _record(session, caller, row, "name_author", person_id)


def drop_author(session: Session, caller: StaffCaller, *, practice_id: int, author_id: int) -> None:
    """Takes a further author out. Raises NotFoundError, ForbiddenError."""
    row = _within(session, caller, practice_id)
    one = session.get(PracticeAuthor, author_id)
    if one is None or one.practice_id != row.id:
        raise NotFoundError
    person_id = one.person_id
    session.delete(one)
    session.flush()
    _record(session, caller, row, "drop_author", person_id)


def _within(session: Session, caller: StaffCaller, practice_id: int) -> Practice:
    """A practice that was sent, within reach, locked: a draft is its author's alone."""
    row = experts.lock(session, practice_id)
    if row.sent_at is None or row.status is PracticeStatus.DRAFT:
        raise NotFoundError
    caller.scope.check_write(row)
    return row


def _expert(session: Session, caller: StaffCaller, expert_id: int) -> tuple[Practice, PracticeExpert]:
    found = session.scalar(select(PracticeExpert.practice_id).where(PracticeExpert.id == expert_id))
    row = _within(session, caller, found or 0)
    _refuse_author(session, caller, row)
    one = session.get_one(PracticeExpert, expert_id, populate_existing=True)
    if row.status not in experts.MAY_ANSWER or one.turn != row.turn:
        raise ConflictError("practice_moved_on")
    return row, one


def _refuse_author(session: Session, caller: StaffCaller, row: Practice) -> None:
    """Who judges a practice, and what they say, is not its author's to choose or enter."""
    refuse_own(session, caller, *(one.id for one in _authors(session, row)), code="practice_decides_own")


def _authors(session: Session, row: Practice) -> list[Person]:
    ids = [row.proposer_id, *(one.person_id for one in row.authors)]
    return list(session.scalars(select(Person).where(Person.id.in_([one for one in ids if one is not None]))))


def _record(
    session: Session, caller: StaffCaller, row: Practice, deed: str, person_id: int | None, **details: Any
) -> None:
    audit.record(
        session,
        caller,
        action=f"practices.{deed}",
        object_type="practice",
        object_id=row.id,
        subject_person_id=person_id,
        municipality_id=row.municipality_id,
        **details,
    )
