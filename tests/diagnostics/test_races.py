"""The same things at once, from several processes' worth of connections, on both databases."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from db.caller import PersonCaller
from db.database import AsyncDatabase, Database
from db.diagnostics import services, sweeps
from db.diagnostics.models import Answer, Attempt, AttemptStatus, ComponentScore
from db.dictionaries.queries import rules as region_rules
from db.errors import ConflictError
from db.notices.models import Notice
from tests.diagnostics.walking import NOW, answer, start, teacher, walk
from tests.support import callers

ROUNDS = 5


@pytest.fixture
async def doors(database: Database, database_url: str) -> AsyncIterator[list[AsyncDatabase]]:
    """Two doors of the bot's kind, as two processes would have."""
    opened = [AsyncDatabase(database_url), AsyncDatabase(database_url)]
    yield opened
    for door in opened:
        await door.close()


async def at_once(
    doors: list[AsyncDatabase], use_case: Callable[..., Any], times: int, *caller: PersonCaller, **arguments: Any
) -> list[Any]:
    tasks = (doors[number % len(doors)].write(use_case, *caller, **arguments) for number in range(times))
    return await asyncio.gather(*tasks, return_exceptions=True)


def counted(database: Database, what: Any) -> int:
    return database.read(lambda session: session.scalars(select(func.count()).select_from(what)).one())


async def test_ten_starts_at_once_are_one_attempt(database: Database, doors: list[AsyncDatabase]) -> None:
    for number in range(ROUNDS):
        person = teacher(database, 8000 + number)
        steps = await at_once(doors, services.start_or_resume, 10, callers.person(person, NOW))
        assert len({step.attempt_id for step in steps}) == 1
    assert counted(database, Attempt) == ROUNDS


async def test_answers_at_once_are_one_answer(database: Database, doors: list[AsyncDatabase]) -> None:
    person = teacher(database)
    attempt = start(database, person).attempt_id
    tasks = [
        doors[number % 2].write(
            services.answer, callers.person(person, NOW), attempt_id=attempt, item="subject_1", value=number % 5
        )
        for number in range(20)
    ]
    steps = await asyncio.gather(*tasks)
    assert {step.item.code for step in steps if step.item} == {"subject_2"}
    assert counted(database, Answer) == 1


async def test_closing_at_once_is_one_result(database: Database, doors: list[AsyncDatabase]) -> None:
    person = teacher(database)
    attempt = walk(database, person)
    await at_once(doors, services.finish, 10, callers.person(person, NOW), attempt_id=attempt)
    assert counted(database, Notice) == 1
    assert counted(database, ComponentScore) == 6


async def test_an_answer_racing_the_closing_is_either_counted_or_refused(
    database: Database, doors: list[AsyncDatabase]
) -> None:
    """Never kept after the scores were written: the scores would tell of other answers than are stored."""
    for number in range(ROUNDS * 2):
        person = teacher(database, 8000 + number)
        attempt = walk(database, person)
        closing = doors[0].write(services.finish, callers.person(person, NOW), attempt_id=attempt)
        tap = doors[1].write(
            services.answer, callers.person(person, NOW), attempt_id=attempt, item="subject_1", value=4
        )
        result, step = await asyncio.gather(closing, tap, return_exceptions=True)
        late = isinstance(step, ConflictError)
        assert late or not isinstance(step, BaseException), step
        assert not isinstance(result, BaseException), result
        assert result.components[0].score.level == (50 if late else 60)


async def test_sweeps_at_once_say_it_once(database: Database, doors: list[AsyncDatabase]) -> None:
    person = teacher(database)
    attempt = start(database, person).attempt_id
    answer(database, person, attempt, "subject_1", 2)

    def sweep(session: Session) -> int:
        return sweeps.sweep(session, callers.clock(NOW + timedelta(days=3)), rules=region_rules(session))

    assert sum(await at_once(doors, sweep, 6)) == 1
    assert counted(database, Notice) == 1


async def test_a_start_racing_a_closing_never_makes_a_second_attempt(
    database: Database, doors: list[AsyncDatabase]
) -> None:
    person = teacher(database)
    attempt = walk(database, person)
    closing = doors[0].write(services.finish, callers.person(person, NOW), attempt_id=attempt)
    starting = doors[1].write(services.start_or_resume, callers.person(person, NOW))
    await asyncio.gather(closing, starting, return_exceptions=True)
    assert counted(database, Attempt) == 1
    assert database.read(lambda session: session.scalars(select(Attempt.status)).one()) is AttemptStatus.COMPLETED
