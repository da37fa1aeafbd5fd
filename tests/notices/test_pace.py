"""The pace of notices: never more than the messenger takes, answers to people first."""

import time

from bot.delivery import TAKEN
from bot.pace import BESIDE_ANSWERS, LONGEST_GAP, Pace
from db.notices.rules import next_start


async def test_answers_take_the_place_of_notices_and_some_notices_go_all_the_same() -> None:
    pace = Pace(per_second=100.0)
    for _ in range(20):  # lateness is made up for first
        await pace.wait(answers=0)
    begun = time.monotonic()
    await pace.wait(answers=2)
    assert time.monotonic() - begun >= 1.5 / 100
    assert pace.gap == 1 / BESIDE_ANSWERS, "the next burst of answers finds room"
    begun = time.monotonic()
    await pace.wait(answers=1_000)
    assert LONGEST_GAP - 0.05 <= time.monotonic() - begun < 5, "not the ten seconds of a thousand answers"


async def test_what_other_processes_reserved_is_waited_for() -> None:
    pace = Pace(per_second=100.0)
    begun = time.monotonic()
    pace.not_before(time.time() + 0.1)
    await pace.wait(answers=0)
    assert time.monotonic() - begun >= 0.09


def test_many_processes_wait_for_each_others_moments() -> None:
    at = reserved = 1_000.0
    for _ in range(12):  # each reserves a full look beside answers
        starts = next_start(at, reserved)
        assert starts == reserved
        reserved = starts + TAKEN / BESIDE_ANSWERS
    assert next_start(at, at + 3_600) == at, "another machine's wrong clock is not waited for"
