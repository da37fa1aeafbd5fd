"""Committed means kept: what a process acknowledged before a kill -9 is in the database afterwards."""

import asyncio
import contextlib
import itertools
import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text

from db.base import Base
from db.clock import FrozenClock
from db.database import AsyncDatabase, Database
from db.inbox import services as inbox
from db.inbox.models import IncomingUpdate
from db.inbox.queries import Received
from tests.support.figures import Figures
from tests.support.postgres import PostgresServer
from tests.support.processes import Say, Worker, crew, engine_of, volumes

AT_ONCE = 8
LONGEST = 0.05  # seconds from the first acknowledged step to the kill
Write = Callable[[AsyncDatabase, Say, int, datetime], Any]


async def step(door: AsyncDatabase, say: Say, number: int, now: datetime) -> None:
    """Receives one update; says its number once it is committed: only then would the messenger hear of it."""
    await door.write(inbox.receive, platform="telegram", updates=[Received(number, number, "{}")], now=now)
    say(number)


async def hasty_step(door: AsyncDatabase, say: Say, number: int, now: datetime) -> None:
    """Acknowledges first and writes then, as most bots do."""
    say(number)
    await door.write(inbox.receive, platform="telegram", updates=[Received(number, number, "{}")], now=now)


async def write_on(door: AsyncDatabase, say: Say, write: Write, first: int, now: datetime) -> None:
    """Steps without end, some at once."""
    numbers = itertools.count(first)

    async def one_after_another() -> None:
        for number in numbers:
            await write(door, say, number, now)

    await asyncio.gather(*(one_after_another() for _ in range(AT_ONCE)))


def killings(url: str, kills: int, write: Write, now: datetime, *, strike: Callable[[Worker], list[int]]) -> list[int]:
    """Lets a process write and strikes at a random moment, again and again; numbers of all acknowledged steps."""
    dice, acknowledged = random.Random(kills), []
    for turn in range(kills):
        with crew(url, "bot") as (writer,):
            writer.ask(write_on, write, 1 + turn * 1_000_000, now).hear()
            time.sleep(dice.uniform(0, LONGEST))
            acknowledged += strike(writer)
    return acknowledged


def lost(url: str, acknowledged: list[int]) -> int:
    """How many of them the database does not have; it must be sound, too."""
    database = Database.connect(url)
    try:
        if database.engine.dialect.name == "sqlite":
            assert database.read(lambda session: session.scalar(text("PRAGMA integrity_check"))) == "ok"
        kept = database.read(lambda session: set(session.scalars(text("SELECT update_id FROM incoming_update"))))
    finally:
        database.close()
    return len(set(acknowledged) - kept)


@volumes(kills=(8, 1_000))
def test_what_a_process_acknowledged_outlives_it(
    database_url: str, clock: FrozenClock, kills: int, figures: Figures
) -> None:
    steps = killings(database_url, kills, step, clock.now(), strike=Worker.kill)
    gone = lost(database_url, steps)
    measured = f"{engine_of(database_url)}: {kills} kills -9 of a writing process, {len(steps)} steps, {gone} lost"
    figures.note("Committed means kept", measured, goal="1000 kills: 0 acknowledged steps lost", held=not gone)
    assert len(steps) >= kills and not gone


@pytest.fixture
def durable() -> Iterator[PostgresServer]:
    """A server of its own that may be killed and keeps what it promised."""
    with PostgresServer(fsync=True) as server:
        yield server


@volumes(kills=(1, 50))
def test_what_the_server_committed_outlives_the_server(
    durable: PostgresServer, clock: FrozenClock, kills: int, figures: Figures
) -> None:
    url = durable.create_database()
    database = Database.connect(url)
    Base.metadata.create_all(database.engine, [Base.metadata.tables[IncomingUpdate.__tablename__]])
    database.close()

    def strike(writer: Worker) -> list[int]:
        durable.kill()
        with contextlib.suppress(AssertionError):  # it tells of its lost connection, and what it had said before
            writer.answer()
        durable.start()
        return writer.kill()

    steps = killings(url, kills, step, clock.now(), strike=strike)
    gone = lost(url, steps)
    measured = f"PostgreSQL: {kills} kills -9 of the server, {len(steps)} steps, {gone} lost"
    figures.note("Committed means kept", measured, goal="0 acknowledged steps lost", held=not gone)
    assert len(steps) >= kills and not gone


def test_control_who_acknowledges_before_the_commit_loses(database_url: str, clock: FrozenClock) -> None:
    assert lost(database_url, killings(database_url, 5, hasty_step, clock.now(), strike=Worker.kill))
