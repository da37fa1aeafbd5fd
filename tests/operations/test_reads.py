"""Reads of the bot: by threads for a tap, aside for what takes long."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from db.database import READERS, AsyncDatabase
from db.dictionaries.models import Setting
from db.errors import NotFoundError

LONG = text("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500000) SELECT max(i) FROM n")


@pytest.fixture
async def door(database_url: str) -> AsyncIterator[AsyncDatabase]:
    database = AsyncDatabase(database_url)
    yield database
    await database.close()


def settings(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Setting)) or 0


async def test_no_tap_waits_behind_reads_that_take_long(door: AsyncDatabase) -> None:
    long = [asyncio.create_task(door.read_aside(lambda session: session.scalar(LONG))) for _ in range(READERS)]
    await door.read(settings)
    for _ in range(20):
        await door.read(settings)
    assert not any(task.done() for task in long), "the long reads were too short to show anything"
    assert await asyncio.gather(*long) == [1_500_000] * READERS


async def test_a_read_sees_every_write_that_was_answered_before(door: AsyncDatabase) -> None:
    def add(session: Session, *, number: int) -> None:
        session.add(Setting(key=f"probe:{number}", value={}))

    async def one(number: int) -> tuple[int, int]:
        await door.write(add, number=number)
        return number, await door.read(settings)

    before = await door.read(settings)
    for number in range(20):
        assert await one(number) == (number, before + number + 1)
    counts = await asyncio.gather(*(one(number) for number in range(100, 130)))
    assert max(count for _, count in counts) == before + 50


async def test_one_read_that_fails_leaves_those_beside_it(door: AsyncDatabase) -> None:
    def refused(_session: Session) -> None:
        raise NotFoundError

    def wrong(session: Session) -> None:
        session.execute(text("SELECT nothing FROM nowhere"))

    said = await asyncio.gather(
        *(door.read(query) for query in [settings, refused, settings, wrong, settings] * 4), return_exceptions=True
    )
    assert [type(one).__name__ for one in said[:5]][::2] == ["int"] * 3
    assert isinstance(said[1], NotFoundError)
    assert isinstance(said[3], Exception)
    assert {one for one in said if isinstance(one, int)} == {await door.read(settings)}
