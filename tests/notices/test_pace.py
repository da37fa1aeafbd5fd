"""The pace of notices: never more than the messenger takes, answers to people first."""

import random
from types import SimpleNamespace

import pytest

from bot.outbox import rate_limit
from bot.outbox.delivery import TAKEN
from bot.outbox.rate_limit import BESIDE_ANSWERS, IN_A_SECOND, LATE, LONGEST_GAP, PER_SECOND, RateLimit
from db.notices.rules import next_start

BEGAN = 1_700_000_000.0


class Hours:
    """Time that passes by sleeping only; `stalls` answers how many seconds too long a sleep lasts."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.stalls = lambda: 0.0

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return BEGAN + self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds + self.stalls()


@pytest.fixture
def hours(monkeypatch: pytest.MonkeyPatch) -> Hours:
    made = Hours()
    monkeypatch.setattr(rate_limit, "time", made)
    monkeypatch.setattr(rate_limit, "asyncio", SimpleNamespace(sleep=made.sleep))
    return made


async def test_answers_take_the_place_of_notices_and_some_notices_go_all_the_same(hours: Hours) -> None:
    pace = RateLimit(per_second=100.0)
    for _ in range(20):  # lateness is made up for first
        await pace.wait(answers=0)
    begun = hours.now
    await pace.wait(answers=2)
    assert hours.now - begun == pytest.approx(3 / 100), "its own turn and two answers'"
    assert pace.gap == 1 / BESIDE_ANSWERS, "the next burst of answers finds room"
    begun = hours.now
    await pace.wait(answers=1_000)
    assert hours.now - begun == pytest.approx(LONGEST_GAP), "not the ten seconds of a thousand answers"


async def test_what_other_processes_reserved_is_waited_for(hours: Hours) -> None:
    pace = RateLimit(per_second=100.0)
    begun = hours.now
    pace.not_before(hours.time() + 0.1)
    await pace.wait(answers=0)
    assert hours.now - begun == pytest.approx(0.1)


async def test_a_message_that_came_late_counts_from_when_it_came(hours: Hours) -> None:
    """Thirty in a second by one's own clock were thirty-one by the messenger's, which refused them for a second."""
    pace = RateLimit(per_second=300.0)
    first = [await pace.wait(answers=0) for _ in range(IN_A_SECOND)]
    for sent in first[1:]:
        hours.now += 0.0001
        pace.answered(sent)
        sent.took = 0.0001
    begun = first[0].at
    hours.now += 0.2
    pace.answered(first[0])  # as slow a start as it may be, the others tell how long the way is
    await pace.wait(answers=0)
    full = IN_A_SECOND / 300.0
    assert full + 0.19 <= hours.now - begun, "not yet a full turn after it came"


@pytest.mark.parametrize("worst", [0.0, 0.01, LATE, 1.0])
async def test_however_the_machine_stalls_no_second_has_more_than_the_messenger_takes(
    hours: Hours, worst: float
) -> None:
    """And a machine's usual lateness costs no speed."""
    dice = random.Random(7)
    hours.stalls = lambda: dice.uniform(0, worst)
    pace = RateLimit()
    sent = [await pace.wait(answers=0) for _ in range(600)]
    seconds = [later.at - earlier.at for earlier, later in zip(sent, sent[IN_A_SECOND:], strict=False)]
    assert min(seconds) > 1, "thirty in each second"
    if worst < LATE:
        assert PER_SECOND - 0.5 <= (len(sent) - 1) / (sent[-1].at - sent[0].at) < IN_A_SECOND


def test_many_processes_wait_for_each_others_moments() -> None:
    at = reserved = 1_000.0
    for _ in range(12):  # each reserves a full look beside answers
        starts = next_start(at, reserved)
        assert starts == reserved
        reserved = starts + TAKEN / BESIDE_ANSWERS
    assert next_start(at, at + 3_600) == at, "another machine's wrong clock is not waited for"
