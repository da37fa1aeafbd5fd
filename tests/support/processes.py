"""Real processes at one database: bots with the async door, panels with the sync one, each may be killed -9.

    with crew(url, "bot", "bot", "panel") as (first, second, panel):
        first.ask(rush, event_id, people)      # async def rush(door: AsyncDatabase, say, event_id, people)
        panel.ask(add_by_hand, event_id, more) # def add_by_hand(door: Database, say, event_id, more)
        print(first.answer(), panel.answer())

Jobs are functions of a module's top level. `say` tells the test something at once, before the job's answer:
what was said by a process that is killed in the next moment is still heard.
"""

import asyncio
import contextlib
import multiprocessing
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import pytest

from db.database import AsyncDatabase, Database
from db.engine import is_sqlite

# A server that has imported everything forks a process in some milliseconds; the test's own process has threads, which
# a fork would copy halfway.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(
    ["tests.support.processes", "bot.__main__", "db.events.staff_services", "db.inbox.services", "hypothesis"]
)
PATIENCE = 120.0  # seconds for one job on a busy machine
Say = Callable[[Any], None]
Job = Callable[..., Any]


def volumes(**forms: tuple[Any, Any]) -> pytest.MarkDecorator:
    """The two forms of a test: the short one in `make test`, the full one in `make soak`. One pair a parameter."""
    short, full = (tuple(pair[which] for pair in forms.values()) for which in (0, 1))
    return pytest.mark.parametrize(
        tuple(forms), [pytest.param(*short, id="short"), pytest.param(*full, id="full", marks=pytest.mark.soak)]
    )


def engine_of(url: str) -> str:
    """The database's name for the table of figures."""
    return "SQLite" if is_sqlite(url) else "PostgreSQL"


@dataclass(frozen=True, slots=True)
class _Said:
    what: Any


@dataclass(frozen=True, slots=True)
class _Failed:
    trace: str


class Worker:
    """One process. `ask` gives it a job, `answer` waits for what the job returns, `heard` has what it said."""

    def __init__(self, kind: str, url: str) -> None:
        self._pipe, other = CONTEXT.Pipe()
        self.process = CONTEXT.Process(target=_live, args=(other, kind, url), daemon=True)
        self.process.start()
        other.close()
        self.heard: list[Any] = []

    def ask(self, job: Job, *arguments: Any) -> "Worker":
        """Begins a job."""
        self._pipe.send((job, arguments))
        return self

    def answer(self, within: float = PATIENCE) -> Any:
        """What the job returned. Fails when the job did, or the process is gone."""
        while True:
            if not self._pipe.poll(within):
                raise AssertionError(f"no answer in {within} s")
            try:
                message = self._pipe.recv()
            except EOFError:
                raise AssertionError("the process is gone") from None
            if isinstance(message, _Failed):
                raise AssertionError(message.trace)
            if not isinstance(message, _Said):
                return message[0]
            self.heard.append(message.what)

    def hear(self, within: float = PATIENCE) -> Any:
        """Waits for the next thing it says."""
        if not self._pipe.poll(within):
            raise AssertionError(f"nothing said in {within} s")
        message = self._pipe.recv()
        if isinstance(message, _Failed):
            raise AssertionError(message.trace)
        assert isinstance(message, _Said), message
        self.heard.append(message.what)
        return message.what

    def kill(self) -> list[Any]:
        """kill -9; returns all that it said."""
        self.process.kill()
        self.process.join()
        with contextlib.suppress(EOFError, ConnectionResetError):
            while self._pipe.poll():
                message = self._pipe.recv()
                if isinstance(message, _Said):
                    self.heard.append(message.what)
        self._pipe.close()
        return self.heard

    def close(self) -> None:
        """Lets it end by itself."""
        if self.process.is_alive() and not self._pipe.closed:
            with contextlib.suppress(BrokenPipeError):
                self._pipe.send(None)
            self.process.join(10)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self._pipe.close()


@contextlib.contextmanager
def crew(url: str, *kinds: str) -> Iterator[list[Worker]]:
    """Processes of these kinds (`bot`, `panel`), ended at the end."""
    workers = [Worker(kind, url) for kind in kinds]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.close()


def _live(pipe: Connection, kind: str, url: str) -> None:
    if kind == "bot":
        asyncio.run(_live_async(pipe, url))
        return
    door = Database.connect(url)
    say = _mouth(pipe)
    while (task := pipe.recv()) is not None:
        try:
            pipe.send((task[0](door, say, *task[1]),))
        except Exception:  # noqa: BLE001  the test tells of it
            pipe.send(_Failed(traceback.format_exc()))
    door.close()


async def _live_async(pipe: Connection, url: str) -> None:
    door = AsyncDatabase(url)
    say = _mouth(pipe)
    while (task := await asyncio.to_thread(pipe.recv)) is not None:
        try:
            pipe.send((await task[0](door, say, *task[1]),))
        except Exception:  # noqa: BLE001  the test tells of it
            pipe.send(_Failed(traceback.format_exc()))
    await door.close()


def _mouth(pipe: Connection) -> Say:
    return lambda what: pipe.send(_Said(what))
