"""One person's burst: fifty taps at once are one step, whichever of them comes first."""

import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.diagnostics.callbacks import AnswerTap
from bot.sandbox.client import SandboxPerson
from db.caller import PersonCaller
from db.clock import FrozenClock
from db.diagnostics import queries, services
from db.diagnostics.models import Answer, Attempt
from tests.support.figures import Figures
from tests.support.processes import engine_of, volumes
from tests.support.town import Town

TAPS = 50
ANSWERS = AnswerTap.__prefix__ + ":"


@pytest.fixture
async def place(database_url: str, clock: FrozenClock, tmp_path: Path) -> AsyncIterator[Town]:
    opened = await Town(database_url, clock, data_dir=tmp_path / "data").open()
    yield opened
    await opened.close()


def steps_made(session: Session) -> int:
    """Attempts that were begun and questions that were answered."""
    return sum(session.scalar(select(func.count()).select_from(table)) or 0 for table in (Attempt, Answer))


async def bursts(town: Town, rounds: int) -> list[int]:
    """In each round all answers of one question, fifty taps in disorder, come at once; how many steps that made."""
    dice, made, before = random.Random(rounds), [], town.read(steps_made)
    person: SandboxPerson | None = None
    for number in range(rounds):
        data = [one for one in (await person.last()).callbacks if one.startswith(ANSWERS)] if person else []
        if person is None or not data:
            person = await town.teacher(3000 + number)
            await (await person.send("/diagnostics")).settle()
            data = [(await person.last()).button("Начать")["callback_data"]]
        screen = (await person.last()).id
        deeds = [{"person": person.id, "message_id": screen, "data": dice.choice(data)} for _ in range(TAPS)]
        await town.client.bulk(deeds)
        await person.settle(answer_is_enough=True)
        await town.bot.receiver.idle()
        now = town.read(steps_made)
        made.append(now - before)
        before = now
    return made


@volumes(rounds=(2, 200))
async def test_fifty_taps_at_once_are_one_step(place: Town, rounds: int, figures: Figures) -> None:
    made = await bursts(place, rounds)
    wrong = sum(one != 1 for one in made)
    measured = f"{engine_of(place.url)}: {rounds} bursts of {TAPS} taps, {sum(made)} steps, {wrong} bursts were not one"
    figures.note("One person's burst", measured, goal="200 bursts of 50 taps: one step each", held=not wrong)
    assert not wrong, made


async def test_control_a_tap_that_means_the_next_question_runs_ahead(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step is one because a button names its question: an answer to «whatever is next» is fifty steps."""
    answer = services.answer

    def careless(session: Session, caller: PersonCaller, *, item: str, **arguments: Any) -> Any:
        step = queries.step(session, caller, attempt_id=arguments["attempt_id"])
        return answer(session, caller, item=step.item.code if step.item else item, **arguments)

    monkeypatch.setattr(services, "answer", careless)
    made = await bursts(place, 2)
    assert made[0] == 1 and made[1] > 1, made
