"""A person's own re-test of one component: begun, answered, closed, or thrown away."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.diagnostics import rules as scoring
from db.errors import ConflictError, NotFoundError, StaleError
from db.people.models import Person
from db.retests import queries
from db.retests import rules as retesting
from db.retests.models import Retest, RetestAnswer, RetestStatus
from db.retests.queries import RetestResult, RetestStep
from db.transitions import move


def begin(session: Session, caller: PersonCaller, *, attempt_id: int, number: int) -> RetestStep:
    """Begins the re-test of a component of the last result, or goes on with the open one; returns its next question.

    Raises NotFoundError, and DomainError `retest_too_early`, `retest_renewed` or `retest_little` with the `day` when
    this one or the whole self-diagnosis makes sense, `diagnostics_not_offered`.
    """
    # Two taps at once would begin two: the person is one.
    if session.scalar(select(Person.id).where(Person.id == caller.person_id).with_for_update()) is None:
        raise NotFoundError
    found = queries.outlook(session, caller, attempt_id=attempt_id, number=number)
    if found.open_id is not None:
        return queries.step(session, caller, retest_id=found.open_id)
    found.check(caller.now.astimezone(caller.zone).date())
    done = queries.answered_step(session, caller, found)
    row = Retest(
        attempt_id=attempt_id,
        version_id=found.version_id,
        component=found.component.code,
        then_item=retesting.then_item(found.items, found.before, done.item if done else None),
        route_item_id=done.id if done else None,
        started_at=caller.now,
    )
    session.add(row)
    session.flush()
    return queries.step_of(session, row)


def answer(session: Session, caller: PersonCaller, *, retest_id: int, item: str, value: int | None) -> RetestStep:
    """Keeps an answer and returns the question after it; repeating it changes nothing.

    Raises NotFoundError for a foreign one, ConflictError `retest_closed`, StaleError for what cannot be
    answered so.
    """
    row = queries.own(session, caller, retest_id, lock=True)
    if row.status is not RetestStatus.OPEN:
        raise ConflictError("retest_closed")
    sheet = queries.sheet_of(session, row)
    content = sheet[0]
    if item not in content.places or not scoring.answer_fits(content.items[content.place(item)], value):
        raise StaleError
    kept = session.get(RetestAnswer, (retest_id, item)) or RetestAnswer(retest_id=retest_id, item=item)
    kept.value, kept.answered_at = value, caller.now
    session.add(kept)
    session.flush()
    return queries.step_of(session, row, after=item, sheet=sheet)


def drop(session: Session, caller: PersonCaller, *, retest_id: int) -> tuple[int, int]:
    """Throws an open re-test away with its answers: it never was; returns its result's id and the component's number.

    Raises NotFoundError for a foreign one or one that is gone, ConflictError `retest_closed`.
    """
    row = queries.own(session, caller, retest_id, lock=True)
    if row.status is not RetestStatus.OPEN:
        raise ConflictError("retest_closed")
    attempt_id, (_, number) = row.attempt_id, queries.sheet_of(session, row)
    session.execute(delete(RetestAnswer).where(RetestAnswer.retest_id == retest_id))
    session.delete(row)
    session.flush()
    return attempt_id, number


def finish(session: Session, caller: PersonCaller, *, retest_id: int) -> RetestResult:
    """Closes a re-test and returns what it tells; closed already, the same comes back.

    Raises NotFoundError for a foreign one, ConflictError `retest_unfinished` while answers are missing.
    """
    row = queries.own(session, caller, retest_id, lock=True)
    if row.status is RetestStatus.OPEN:
        if queries.step_of(session, row).item is not None:
            raise ConflictError("retest_unfinished")
        move(row, RetestStatus.DONE)
        row.completed_at = caller.now
        session.flush()
    return queries.result(session, caller, retest_id=retest_id)
