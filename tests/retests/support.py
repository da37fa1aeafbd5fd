"""Helpers: a re-test walked by use cases."""

from datetime import datetime

from sqlalchemy.orm import Session

from db.database import Database
from db.diagnostics.content import Item
from db.retests import services
from db.retests.queries import RetestResult, RetestStep
from tests.diagnostics.walking import Mark
from tests.support import callers


def begin(database: Database, person_id: int, attempt_id: int, now: datetime, number: int = 0) -> RetestStep:
    """An open re-test."""
    return database.write(services.begin, callers.person(person_id, now), attempt_id=attempt_id, number=number)


def walked(
    database: Database, person_id: int, attempt_id: int, now: datetime, mark: Mark, *, number: int = 0
) -> RetestResult:
    """The whole walk."""
    retest_id = answered(database, person_id, attempt_id, now, mark, number=number)
    return database.write(services.finish, callers.person(person_id, now), retest_id=retest_id)


def threes(item: Item) -> int | None:
    """Three everywhere."""
    return 3


def answered(
    database: Database, person_id: int, attempt_id: int, now: datetime, mark: Mark = threes, *, number: int = 0
) -> int:
    """A re-test that has all its answers and is still to be closed."""
    caller = callers.person(person_id, now)

    def all_at_once(session: Session) -> int:
        step = services.begin(session, caller, attempt_id=attempt_id, number=number)
        while step.item is not None:
            code = step.item.code
            step = services.answer(session, caller, retest_id=step.retest_id, item=code, value=mark(step.item))
        return step.retest_id

    return database.write(all_at_once)
