"""The one door to the data: `write` runs a use case in one short transaction, `read` runs a query.

Use cases are plain sync functions `f(session, /, **arguments)`; no network can happen inside because nothing in
them awaits. `AsyncDatabase` serves the bot, `Database` the panel and the command line.
"""

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from db import reserve
from db.engine import ASK_AGAIN, make_async_engine, make_engine, scrub, writing
from db.errors import StorageError

PLACE_WITHIN = 1.0  # seconds
BATCH = 128
READERS = 2
TOGETHER = 32  # reads at once of one thread
SOON = 0.005  # seconds after which those that are done are told
HOLD = 0.05  # seconds that a batch may keep other processes from writing

P = ParamSpec("P")
R = TypeVar("R")
UseCase = Callable[Concatenate[Session, P], R]


# A full disk, a lasting lock, a lost connection, a server that only reads for a while, no free connection in time.
REFUSALS = (OperationalError, InternalError, InterfaceError, PoolTimeoutError)


def _storage_error(error: SQLAlchemyError) -> StorageError:
    """What the database refuses is a refusal to the person, not a crash; the cause stays chained for the log."""
    refusal = StorageError()
    refusal.__cause__ = error
    return refusal


class Database:
    """The door for synchronous callers: the panel and the command line."""

    def __init__(self, engine: Engine, *, at_once: int | None = None) -> None:
        """`at_once` is how many writes may wait for the database side by side; any number by default."""
        self.engine = engine
        self._writing = writing(engine)
        self._places = threading.BoundedSemaphore(at_once) if at_once else None

    @classmethod
    def connect(cls, url: str, *, at_once: int | None = None) -> "Database":
        """Opens the database of DATABASE_URL."""
        return cls(make_engine(url), at_once=at_once)

    def write(self, use_case: UseCase[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Runs a use case in one transaction and commits.

        Raises what it raises; StorageError when the disk refuses, or when so many others wait already that one more
        would leave no thread for those who only read.
        """
        with self._place():
            try:
                try:
                    return self._write(use_case, *args, **kwargs)
                except OperationalError as error:
                    if not reserve.give_up(self.engine, error):
                        raise
                return self._write(use_case, *args, **kwargs)
            except REFUSALS as error:
                raise _storage_error(error) from error

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self._places is None:
            yield
            return
        if not self._places.acquire(timeout=PLACE_WITHIN):
            raise StorageError
        try:
            yield
        finally:
            self._places.release()

    def _write(self, use_case: UseCase[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            return use_case(session, *args, **kwargs)

    def read(self, query: UseCase[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Runs a read-only query."""
        with Session(self.engine, expire_on_commit=False) as session:
            return query(session, *args, **kwargs)

    def scrub(self) -> bool:
        """Rids the database's files of what was erased; returns false while somebody still reads it."""
        return scrub(self.engine)

    def close(self) -> None:
        """Lets go of every connection."""
        self.engine.dispose()


@dataclass(slots=True)
class _Job:
    run: Callable[[Session], Any]
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop


Joining = Literal["rollback_only", "create_savepoint"]
_Outcome = tuple[_Job, Any, BaseException | None]


class _Writer(threading.Thread):
    """Writes for the whole process: all jobs that wait go into one transaction and are answered after its commit.

    One fsync serves everybody who is waiting, which is what makes an answer tap cheap on a slow disk; and a thread's
    statements cost half of what they cost on the loop.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(name="opora-writer", daemon=True)
        self._engine = writing(engine)
        self._single = engine.dialect.name == "sqlite"  # one transaction writes at a time, whoever's it is
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._most = BATCH
        self._since = 0.0  # the moment when the batch in hand got the lock

    def submit(self, job: _Job) -> None:
        """Puts a job in the line."""
        self._jobs.put(job)

    def stop(self) -> None:
        """Finishes the line and ends the thread."""
        self._jobs.put(None)
        self.join()

    def run(self) -> None:
        """Takes batches until stopped."""
        while True:
            batch, last = _waiting(self._jobs, self._most)
            if batch:
                full, self._since = len(batch) == self._most, time.monotonic()
                self._run_batch(batch)
                held = time.monotonic() - self._since
                self._most = max(1, min(BATCH, int(len(batch) * HOLD / max(held, 0.001))))
                if full and not last and self._single:
                    time.sleep(ASK_AGAIN[1])  # more are waiting here, and maybe another process: it comes in now
            if last:
                return

    def _run_batch(self, batch: list[_Job]) -> None:
        try:
            try:
                outcomes = self._commit(batch)
            except OperationalError as error:
                if not reserve.give_up(self._engine, error):
                    raise
                outcomes = self._commit(batch)
        except REFUSALS as error:
            outcomes = [(job, None, _storage_error(error)) for job in batch]
        except Exception as error:  # noqa: BLE001  whoever waits must be told, whatever went wrong
            outcomes = [(job, None, error) for job in batch]
        _tell(outcomes)

    def _commit(self, batch: list[_Job]) -> list[_Outcome]:
        # Savepoints cost more than a tap's statements and few jobs fail: the batch runs without them, and anew, one by
        # one, when a job does.
        return self._together(batch) or self._one_by_one(batch)

    def _together(self, batch: list[_Job]) -> list[_Outcome]:
        """All jobs in one transaction; nothing at all where one of several fails."""
        outcomes: list[_Outcome] = []
        with self._engine.connect() as connection, connection.begin() as transaction:
            self._since = time.monotonic()
            for job in batch:
                try:
                    result, error = _run_job(connection, job, "rollback_only")
                except REFUSALS as refusal:
                    # A lock that lasts, or two processes that wait for each other: no fault of the other jobs.
                    if self._single or len(batch) == 1:
                        raise
                    result, error = None, refusal
                if error is not None:
                    if transaction.is_active:
                        transaction.rollback()
                    return [(job, None, error)] if len(batch) == 1 else []
                outcomes.append((job, result, None))
        return outcomes

    def _one_by_one(self, batch: list[_Job]) -> list[_Outcome]:
        """Each job by itself: in one transaction with a savepoint each on SQLite, where a commit is dear."""
        if not self._single:
            return [self._alone(job) for job in batch]
        with self._engine.connect() as connection, connection.begin():
            return [(job, *_run_job(connection, job, "create_savepoint")) for job in batch]

    def _alone(self, job: _Job) -> _Outcome:
        try:
            return self._together([job])[0]
        except REFUSALS as error:
            return job, None, _storage_error(error)


def _run_job(connection: Connection, job: _Job, mode: Joining) -> tuple[Any, BaseException | None]:
    session = Session(connection, join_transaction_mode=mode, expire_on_commit=False)
    try:
        result = job.run(session)
        session.commit()
    except REFUSALS:
        raise  # the disk or the lock: the batch's matter
    except Exception as error:  # noqa: BLE001  its caller gets the exception
        session.rollback()
        return None, error
    else:
        return result, None
    finally:
        session.close()


def _waiting(jobs: "queue.SimpleQueue[_Job | None]", most: int) -> tuple[list[_Job], bool]:
    """The next jobs, at least one; and whether they are the last ones."""
    job = jobs.get()
    batch: list[_Job] = []
    while True:
        if job is None:
            return batch, True
        batch.append(job)
        if len(batch) == most:
            return batch, False
        try:
            job = jobs.get_nowait()
        except queue.Empty:
            return batch, False


def _tell(outcomes: list[_Outcome]) -> None:
    """Lets whoever waits know, in their own loop."""
    loops: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
    for outcome in outcomes:
        loops.setdefault(outcome[0].loop, []).append(outcome)
    for loop, finished in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_answer, finished)


def _answer(outcomes: list[_Outcome]) -> None:
    for job, result, error in outcomes:
        if job.future.done():
            continue
        if error is None:
            job.future.set_result(result)
        else:
            job.future.set_exception(error)


class AsyncDatabase:
    """The door for the bot. Reads never block the loop; writes are answered only when they are committed.

    What a tap asks goes to threads that have their connections at hand, which costs a third of what it costs over the
    loop. What may take long, such as all data of a person, goes over the loop by aiosqlite or psycopg, on a connection
    of its own: no tap waits behind it.
    """

    def __init__(self, url: str) -> None:
        self._engine = make_engine(url)
        self._writer = _Writer(self._engine)
        self._writer.start()
        self._reader = _Reader(self._engine)
        self._aside = make_async_engine(url)

    async def write(self, use_case: UseCase[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Runs a use case in one transaction, returns after the commit.

        Raises what it raises; StorageError when the disk or the server refuses.
        """
        loop = asyncio.get_running_loop()
        job = _Job(lambda session: use_case(session, *args, **kwargs), loop.create_future(), loop)
        self._writer.submit(job)
        result: R = await job.future
        return result

    async def read(self, query: UseCase[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Runs a read-only query. Raises what it raises; StorageError when the disk or the server refuses."""
        try:
            return await self._reader.read(query, *args, **kwargs)
        except REFUSALS as error:
            raise _storage_error(error) from error

    async def read_aside(self, query: UseCase[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """As `read`, for what may take long."""
        try:
            async with AsyncSession(self._aside, expire_on_commit=False) as session:
                return await session.run_sync(query, *args, **kwargs)
        except REFUSALS as error:
            raise _storage_error(error) from error

    async def read_apart(self, query: UseCase[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """As `read_aside`, in a thread: for what counts for long too, which would hold up the loop."""

        def read() -> R:
            with Session(self._engine, expire_on_commit=False) as session:
                return query(session, *args, **kwargs)

        try:
            return await asyncio.to_thread(read)
        except REFUSALS as error:
            raise _storage_error(error) from error

    async def scrub(self) -> bool:
        """As `Database.scrub`."""
        return await asyncio.to_thread(scrub, self._engine)

    async def close(self) -> None:
        """Commits what waits and lets go of every connection."""
        await asyncio.to_thread(self._writer.stop)
        await self._reader.close()
        await self._aside.dispose()
        self._engine.dispose()


class _Reader:
    """Reads by threads that each take what waits.

    Over the loop a statement costs several times as much, and so does asking the pool for a connection for every read.
    """

    def __init__(self, engine: Engine) -> None:
        # PostgreSQL gives each statement a view of its own anyway: without a transaction a read is one way there and
        # back instead of three.
        self._engine = (
            engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._threads = [
            threading.Thread(target=self._run, name=f"opora-reader-{number}", daemon=True) for number in range(READERS)
        ]
        for thread in self._threads:
            thread.start()

    async def read(self, query: UseCase[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        loop = asyncio.get_running_loop()
        job = _Job(lambda session: query(session, *args, **kwargs), loop.create_future(), loop)
        self._jobs.put(job)
        result: R = await job.future
        return result

    async def close(self) -> None:
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join)

    def _run(self) -> None:
        last = False
        while not last:
            batch, last = _waiting(self._jobs, TOGETHER)
            while batch:
                try:
                    self._read(batch)
                except Exception as error:  # noqa: BLE001  a lost connection mostly; whoever waits must be told
                    _tell([(job, None, error) for job in batch[:1]])
                    del batch[:1]

    def _read(self, batch: list[_Job]) -> None:
        """Takes from the batch what it answers. Raises what the first one left there has met with."""
        with self._engine.connect() as connection, connection.begin():
            while batch:
                done: list[_Outcome] = []
                begun = time.monotonic()
                try:
                    while len(done) < len(batch) and time.monotonic() - begun < SOON:
                        job = batch[len(done)]
                        done.append((job, *_read_job(connection, job)))
                finally:
                    _tell(done)
                    del batch[: len(done)]


def _read_job(connection: Connection, job: _Job) -> tuple[Any, BaseException | None]:
    with Session(connection, join_transaction_mode="rollback_only", autoflush=False, expire_on_commit=False) as session:
        try:
            return job.run(session), None
        except REFUSALS:
            raise
        except Exception as error:  # noqa: BLE001  its caller gets the exception
            return None, error
