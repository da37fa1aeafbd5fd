"""A life of a process inside the test's own loop: all that it has begun can be dropped at once, as kill -9 does.

    life = Life()
    with life:
        polling = asyncio.create_task(receiver.poll(stop))  # and whatever tasks that one begins
    await life.end()

Tasks that nobody holds by name count too: a store that is under way would otherwise go on after the «kill» and hand its
updates to handlers of the dead process.
"""

import asyncio
from collections.abc import Coroutine, Generator
from contextvars import Context, ContextVar, Token
from types import TracebackType
from typing import Any, cast
from weakref import WeakSet


class Life:
    """Notes every task begun within it, and the tasks that those begin."""

    def __init__(self) -> None:
        self._tasks: WeakSet[asyncio.Task[Any]] = WeakSet()
        self._token: Token[Life | None] | None = None

    def __enter__(self) -> "Life":
        asyncio.get_running_loop().set_task_factory(_noted)
        self._token = _LIFE.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._token is not None
        _LIFE.reset(self._token)

    def note(self, task: "asyncio.Task[Any]") -> None:
        """One more task of this life."""
        self._tasks.add(task)

    async def end(self) -> None:
        """Drops everything in hand: nothing is finished, nothing is marked."""
        while left := [task for task in self._tasks if not task.done()]:
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)


_LIFE: ContextVar[Life | None] = ContextVar("life", default=None)


def _noted(
    loop: asyncio.AbstractEventLoop,
    coro: Coroutine[Any, Any, Any] | Generator[Any, None, Any],
    *,
    context: Context | None = None,
    **options: Any,
) -> "asyncio.Task[Any]":
    task = asyncio.Task(cast("Coroutine[Any, Any, Any]", coro), loop=loop, context=context, **options)
    life = _LIFE.get() if context is None else context.get(_LIFE)
    if life is not None:
        life.note(task)
    return task
