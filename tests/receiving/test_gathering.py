"""What comes while a batch is under way goes together into the next one."""

import asyncio

import pytest

from bot.updates.batcher import Batcher


class Slow:
    """Work that waits for `gate`; notes its batches."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.gate = asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self, items: list[int]) -> int:
        self.batches.append(items)
        await self.gate.wait()
        if self.error:
            raise self.error
        return sum(items)


async def begin(*works: asyncio.Task[int]) -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_one_at_a_time_and_the_rest_together() -> None:
    slow = Slow()
    gathering = Batcher(slow)
    first = asyncio.create_task(gathering.add(1))
    await begin(first)
    others = [asyncio.create_task(gathering.add(number)) for number in (2, 3, 4)]
    await begin(*others)
    assert slow.batches == [[1]]
    slow.gate.set()
    assert [await first, *[await other for other in others]] == [1, 9, 9, 9]
    assert slow.batches == [[1], [2, 3, 4]]


async def test_a_failure_is_told_to_its_own_batch_only() -> None:
    slow = Slow()
    slow.gate.set()
    slow.error = RuntimeError("no")
    gathering = Batcher(slow)
    failed = await asyncio.gather(*(gathering.add(number) for number in (1, 2)), return_exceptions=True)
    assert [type(one) for one in failed] == [RuntimeError, RuntimeError]
    slow.error = None
    assert await gathering.add(3) == 3


async def test_who_gives_up_takes_nobody_along() -> None:
    slow = Slow()
    gathering = Batcher(slow)
    leaving, staying = (asyncio.create_task(gathering.add(number)) for number in (1, 2))
    await begin(leaving, staying)
    leaving.cancel()
    slow.gate.set()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert await staying == 3
