"""Helpers: people, and walking through the questionnaire by use cases."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from db.database import Database
from db.diagnostics import services
from db.diagnostics.content import Item, Questionnaire, parse
from db.diagnostics.queries import Result, Step
from db.packs import load_pack
from tests.support import callers
from tests.support.town import add_teacher

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Yekaterinburg")
Mark = Callable[[Item], int | None]


def questionnaire() -> Questionnaire:
    """The Chelyabinsk pack's instrument."""
    return parse(load_pack("chelyabinsk").instruments()[0])


@cache
def form_of(component: str) -> str:
    """The name of what the teachers' instrument asks of a component."""
    found = questionnaire().component(component)
    assert found is not None
    return found.form


def teacher(database: Database, external_id: int = 7001) -> int:
    """A person with a profile."""
    return database.write(add_teacher, external_id=external_id, name="Вера", now=NOW)


def start(database: Database, person_id: int, now: datetime = NOW) -> Step:
    """An open attempt."""
    return database.write(services.start_or_resume, callers.person(person_id, now))


def answer(
    database: Database, person_id: int, attempt_id: int, item: str, value: int | None, now: datetime = NOW
) -> Step:
    """One answer."""
    return database.write(
        services.answer, callers.person(person_id, now), attempt_id=attempt_id, item=item, value=value
    )


def twos(item: Item) -> int | None:
    """Two everywhere, a need of one."""
    return 1 if item.need else 2


def walk(database: Database, person_id: int, mark: Mark = twos, now: datetime = NOW) -> int:
    """Starts and answers everything, in one transaction to save time; returns the attempt."""

    def all_at_once(session: Session) -> int:
        step = services.start_or_resume(session, callers.person(person_id, now))
        while step.item is not None:
            code, value = step.item.code, mark(step.item)
            step = services.answer(
                session, callers.person(person_id, now), attempt_id=step.attempt_id, item=code, value=value
            )
        return step.attempt_id

    return database.write(all_at_once)


def finish(database: Database, person_id: int, attempt_id: int, now: datetime = NOW) -> Result:
    """Closes an attempt."""
    return database.write(services.finish, callers.person(person_id, now), attempt_id=attempt_id)


def complete(database: Database, person_id: int, mark: Mark = twos, now: datetime = NOW) -> Result:
    """The whole walk."""
    return finish(database, person_id, walk(database, person_id, mark, now), now)
