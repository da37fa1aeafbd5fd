"""One person's flood is that person's queue: others are answered as ever, nothing of it is lost."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiogram import Dispatcher
from aiogram.types import Message
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from bot.context import Context
from bot.settings import BotSettings
from bot.telegram.session import make_bot
from bot.updates import flood_control, lanes
from bot.updates.lanes import OwnLanes
from bot.updates.receiver import Receiver
from bot.updates.sanitize import received
from db.clock import FrozenClock
from db.database import AsyncDatabase
from db.errors import StorageError
from db.inbox import staff_services
from db.inbox.models import IncomingUpdate, UpdateStatus
from tests.support import callers

FLOODER, OTHER = 1, 2
LANE, BACKLOG = 20, 500
TOOK = 0.003


class Crowd:
    """A receiver whose handler notes who was handled; the flooder's updates wait for `gate`."""

    def __init__(self, url: str, clock: FrozenClock) -> None:
        settings = BotSettings(
            _env_file=None, bot_token="1000000:test", telegram_api_url="http://127.0.0.1:9", database_url=url
        )
        self.url = url
        self.context = Context.open(settings, clock)
        self.bot = make_bot(settings)
        self.seen: list[tuple[int, str]] = []
        self.gate = asyncio.Event()
        self.came = asyncio.Event()
        self.takes = 0.0
        dispatcher = Dispatcher()
        dispatcher.message.register(self.handle)
        self.receiver = Receiver(self.bot, dispatcher, self.context)
        assert isinstance(self.receiver.lanes, OwnLanes)
        self.lanes = self.receiver.lanes

    async def handle(self, message: Message) -> None:
        if message.chat.id == FLOODER:
            await self.gate.wait()
            await asyncio.sleep(self.takes)
        else:
            self.came.set()
        self.seen.append((message.chat.id, message.text or ""))

    def of(self, chat: int) -> list[str]:
        return [text for who, text in self.seen if who == chat]

    async def send(self, chat: int, first: int, count: int = 1) -> None:
        for start in range(first, first + count, 100):
            await self.receiver.take([update(chat, n) for n in range(start, min(start + 100, first + count))])

    async def close(self) -> None:
        await self.bot.session.close()
        await self.context.database.close()


def update(chat: int, number: int, text: str | None = None) -> dict[str, Any]:
    person = {"id": chat, "type": "private", "is_bot": False, "first_name": "x"}
    message = {"message_id": number, "date": 0, "chat": person, "from": person, "text": text or str(number)}
    return {"update_id": number, "message": message}


@pytest.fixture
async def crowd(sqlite_url: str, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Crowd]:
    monkeypatch.setattr(lanes, "LANE", LANE)
    monkeypatch.setattr(lanes, "BACKLOG", BACKLOG)
    made = Crowd(sqlite_url, clock)
    yield made
    await made.close()


async def test_a_flood_leaves_the_door_open_for_others(crowd: Crowd) -> None:
    flood = BACKLOG + 100
    await crowd.send(FLOODER, 1, flood)
    assert crowd.lanes.room.is_set(), "one chat must not fill the backlog of all"
    assert len(crowd.lanes._lanes[FLOODER]) <= LANE
    await crowd.send(OTHER, 10_001)
    await asyncio.wait_for(crowd.came.wait(), 90)  # the flooder's first one is in hand all the while
    assert crowd.of(FLOODER) == []
    crowd.gate.set()
    await crowd.receiver.idle()
    assert crowd.of(FLOODER) == [str(number) for number in range(1, flood + 1)], "all of it, once, in order"


async def test_what_comes_while_a_flood_drains_keeps_its_order(crowd: Crowd) -> None:
    await crowd.send(FLOODER, 1, LANE * 2)
    crowd.gate.set()
    sent = LANE * 2
    while len(crowd.of(FLOODER)) < LANE * 4:
        await crowd.send(FLOODER, sent + 1, 5)
        sent += 5
    await crowd.receiver.idle()
    assert crowd.of(FLOODER) == [str(number) for number in range(1, sent + 1)]
    assert not crowd.lanes._spilled
    left = await crowd.context.database.read(
        lambda session: session.scalar(
            select(func.count()).select_from(IncomingUpdate).where(IncomingUpdate.status != UpdateStatus.HANDLED)
        )
    )
    assert left == 0


async def test_a_flood_takes_but_a_part_of_the_time(crowd: Crowd) -> None:
    crowd.takes, count = TOOK, LANE * 3
    await crowd.send(FLOODER, 1, count)
    begun = time.monotonic()
    crowd.gate.set()
    await crowd.receiver.idle()
    assert len(crowd.of(FLOODER)) == count
    assert time.monotonic() - begun > (count - LANE) * TOOK * (1 + flood_control.REST), (
        "it rests while more of it waits"
    )


async def test_an_update_put_back_is_not_lost_in_a_flood(crowd: Crowd) -> None:
    await crowd.send(FLOODER, 1)
    crowd.gate.set()
    await crowd.receiver.idle()
    crowd.gate.clear()
    await crowd.send(FLOODER, 100, LANE + 50)

    def set_aside(session: Any) -> None:
        row = session.get(IncomingUpdate, ("telegram", 1))
        row.status, row.payload = UpdateStatus.QUARANTINED, received(update(FLOODER, 1, "again")).payload
        staff_services.retry_update(session, callers.administrator(), platform="telegram", update_id=1)

    await crowd.context.database.write(set_aside)
    await crowd.receiver.take_retried()
    crowd.gate.set()
    await crowd.receiver.idle()
    assert "again" in crowd.of(FLOODER)
    assert len(crowd.of(FLOODER)) == LANE + 52


async def test_a_late_delivery_of_a_lower_number_is_not_passed_over(crowd: Crowd) -> None:
    """By webhook an update that was refused comes again later: in a flood it waited for the next start."""
    await crowd.send(FLOODER, 100, LANE + 5)
    await crowd.send(FLOODER, 50)
    crowd.gate.set()
    await crowd.receiver.idle()
    assert "50" in crowd.of(FLOODER)
    assert sorted(map(int, crowd.of(FLOODER))) == [50, *range(100, 105 + LANE)], "each once"


class Unheard(AsyncDatabase):
    """A database whose word about the next commits is lost on the way, though they are done; so are reads."""

    lost = 0
    unread = 0

    async def read(self, *args: Any, **kwargs: Any) -> Any:
        if self.unread:
            self.unread -= 1
            raise StorageError from OperationalError("SELECT", {}, Exception("the connection was lost"))
        return await super().read(*args, **kwargs)

    async def write(self, *args: Any, **kwargs: Any) -> Any:
        result = await super().write(*args, **kwargs)
        if self.lost:
            self.lost -= 1
            raise StorageError from OperationalError("COMMIT", {}, Exception("the connection was lost"))
        return result


async def test_what_was_stored_by_a_commit_nobody_heard_of_is_handled_once(crowd: Crowd) -> None:
    """It came again, was not new any more, and nobody handled it until the next start."""
    crowd.gate.set()
    unheard = Unheard(crowd.url)
    crowd.lanes._context = replace(crowd.context, database=unheard)
    unheard.lost = 1
    with pytest.raises(StorageError):
        await crowd.send(OTHER, 1)
    await crowd.send(OTHER, 1)
    await crowd.send(OTHER, 1)
    await crowd.receiver.idle()
    assert crowd.of(OTHER) == ["1"]
    unheard.lost = 1
    with pytest.raises(StorageError):
        await crowd.send(OTHER, 1)
    await crowd.send(OTHER, 1)
    await crowd.receiver.idle()
    assert crowd.of(OTHER) == ["1"], "what was handled before stays handled"
    unheard.lost = unheard.unread = 1
    for _ in range(2):
        with pytest.raises(StorageError):
            await crowd.send(OTHER, 2)
    await crowd.send(OTHER, 2)
    await crowd.receiver.idle()
    await unheard.close()
    assert crowd.of(OTHER) == ["1", "2"]


@pytest.mark.parametrize("text", ["half \ud83d of a pair", "zero \x00 inside", "a written \\u0000 stays"])
def test_what_no_database_takes_is_left_out(text: str) -> None:
    payload = received(update(1, 1, text)).payload
    payload.encode()
    assert "\x00" not in payload
    assert ("written" in text) == ("\\\\u0000" in payload)
    assert ("\\u0000" in payload.replace("\\\\u0000", "")) is False
