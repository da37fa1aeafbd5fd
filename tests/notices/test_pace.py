"""The pace of notices: never more than the messenger takes, answers to people first."""

import asyncio
import time

from bot.outbox.delivery import TAKEN
from bot.outbox.rate_limit import BESIDE_ANSWERS, IN_A_SECOND, LONGEST_GAP, RateLimit
from db.notices.rules import next_start


async def test_answers_take_the_place_of_notices_and_some_notices_go_all_the_same() -> None:
    pace = RateLimit(per_second=100.0)
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
    pace = RateLimit(per_second=100.0)
    begun = time.monotonic()
    pace.not_before(time.time() + 0.1)
    await pace.wait(answers=0)
    assert time.monotonic() - begun >= 0.09


async def test_a_message_that_came_late_counts_from_when_it_came() -> None:
    """Thirty in a second by one's own clock were thirty-one by the messenger's, which refused them for a second."""
    pace = RateLimit(per_second=300.0)
    first = [await pace.wait(answers=0) for _ in range(IN_A_SECOND)]
    for sent in first[1:]:
        pace.answered(sent)
    begun = first[0].at
    await asyncio.sleep(0.2)
    pace.answered(first[0])  # as slow a start as it may be, the others tell how long the way is
    await pace.wait(answers=0)
    full = IN_A_SECOND / 300.0
    assert full + 0.15 <= time.monotonic() - begun, "not yet a full turn after it came"


def test_many_processes_wait_for_each_others_moments() -> None:
    at = reserved = 1_000.0
    for _ in range(12):  # each reserves a full look beside answers
        starts = next_start(at, reserved)
        assert starts == reserved
        reserved = starts + TAKEN / BESIDE_ANSWERS
    assert next_start(at, at + 3_600) == at, "another machine's wrong clock is not waited for"
