"""Work that is cheaper together: what comes while one batch is under way goes into the next."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


class Batcher(Generic[T, R]):
    """Hands items to `work` in batches, one batch at a time: whoever waits alone doesn't wait at all."""

    def __init__(self, work: Callable[[list[T]], Awaitable[R]]) -> None:
        self._work = work
        self._items: list[T] = []
        self._next: asyncio.Task[R] | None = None
        self._turn = asyncio.Lock()

    async def add(self, item: T) -> R:
        """Answers what the work said to the whole batch that this item was in. Raises what it raised."""
        self._items.append(item)
        if self._next is None:
            self._next = asyncio.create_task(self._run())
        return await asyncio.shield(self._next)  # who gives up must not take the others along

    async def _run(self) -> R:
        async with self._turn:
            items, self._items, self._next = self._items, [], None
            return await self._work(items)
