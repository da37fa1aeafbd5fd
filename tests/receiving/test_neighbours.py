"""Several bot processes behind a balancer: any of them gets an update, the order of a chat is kept all the same."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import timedelta

import psycopg
import pytest
from aiogram import Dispatcher
from aiogram.types import Message
from sqlalchemy import func, make_url, select

from bot.context import Context
from bot.settings import BotSettings
from bot.telegram.session import make_bot
from bot.updates import shared_lanes
from bot.updates.receiver import Receiver, make_receiver
from bot.updates.shared_lanes import SharedLanes
from db.clock import FrozenClock
from db.database import AsyncDatabase, Database
from db.errors import StorageError
from db.inbox.lanes import AT_ONCE, let_go
from db.inbox.models import IncomingUpdate, Lane, UpdateStatus
from tests.support.databases import made
from tests.support.postgres import PostgresServer
from tests.support.town import MONDAY, until

CHATS, EACH, PROCESSES = 12, 25, 3


class Neighbours:
    """Processes of one bot on one database; what they handle is noted where a second one would be seen."""

    def __init__(self, url: str) -> None:
        self.clock = FrozenClock(MONDAY)
        self.settings = BotSettings(
            _env_file=None,
            bot_token="1000000:test",
            telegram_api_url="http://127.0.0.1:9",
            database_url=url,
            webhook_url="https://bot.example",
            webhook_secret="secret",
        )
        self.random = random.Random(7)
        self.seen: dict[int, list[int]] = defaultdict(list)
        self.by: dict[int, list[int]] = defaultdict(list)
        self.inside: set[int] = set()
        self.together = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.houses: list[Context] = []
        self.receivers: list[Receiver] = []  # whom the balancer knows
        self.opened: list[Receiver] = []

    async def open(self, count: int, kind: type[Receiver] | None = None) -> None:
        for process in range(count):
            context = Context.open(self.settings, self.clock)
            dispatcher = Dispatcher(process=process)
            dispatcher.message.register(self.handle)
            bot = make_bot(self.settings)
            self.houses.append(context)
            receiver = kind(bot, dispatcher, context) if kind else make_receiver(bot, dispatcher, context)
            await receiver.recover()
            self.receivers.append(receiver)
            self.opened.append(receiver)

    async def handle(self, message: Message, process: int) -> None:
        chat = message.chat.id
        self.together += chat in self.inside
        self.inside.add(chat)
        await self.gate.wait()
        await asyncio.sleep(self.random.random() / 500)
        self.seen[chat].append(int(message.text or ""))
        self.by[chat].append(process)
        self.inside.discard(chat)

    async def deliver(self, number: int, chat: int, text: int) -> None:
        """As a balancer does: to whichever process."""
        person = {"id": chat, "type": "private"}
        message = {"message_id": number, "date": 1, "chat": person, "text": str(text)}
        message["from"] = {"id": chat, "is_bot": False, "first_name": ""}
        await self.random.choice(self.receivers).take([{"update_id": number, "message": message}])

    async def hold(self, chat: int) -> None:
        """Delivers a chat's first update and keeps it in its handler until the gate is opened."""
        self.gate.clear()
        await self.deliver(1, chat, 0)
        await until(lambda: chat in self.inside)

    async def conversation(self, chat: int) -> None:
        """One after another, as Telegram delivers a chat's updates: the next when the one before was accepted."""
        for text in range(EACH):
            await self.deliver(1000 * chat + text, chat, text)

    async def talk(self) -> None:
        """Everybody at once, while a chat's first update is still in hand."""
        self.gate.clear()
        await asyncio.gather(*(self.conversation(chat) for chat in range(1, CHATS + 1)))
        self.gate.set()
        await until(lambda: sum(map(len, self.seen.values())) >= CHATS * EACH)
        for receiver in self.receivers:
            await receiver.idle()

    async def close(self) -> None:
        self.gate.set()
        try:
            await asyncio.gather(*(receiver.finish() for receiver in self.opened))
        finally:
            for context in self.houses:
                await context.close()


@pytest.fixture
async def neighbours(postgres_url: str) -> AsyncIterator[Neighbours]:
    several = Neighbours(postgres_url)
    yield several
    await several.close()


async def test_order_of_a_chat_is_kept_across_processes(neighbours: Neighbours) -> None:
    await neighbours.open(PROCESSES)
    await neighbours.talk()
    assert neighbours.together == 0
    assert all(neighbours.seen[chat] == list(range(EACH)) for chat in range(1, CHATS + 1))
    context = neighbours.houses[0]
    assert await context.database.read(lambda session: session.scalar(select(func.count()).select_from(Lane))) == 0
    waiting = select(func.count()).where(IncomingUpdate.status == UpdateStatus.RECEIVED)
    assert await context.database.read(lambda session: session.scalar(waiting)) == 0


async def test_without_lanes_the_same_delivery_is_seen_to_break(neighbours: Neighbours) -> None:
    """The control: processes that know nothing of each other."""
    await neighbours.open(PROCESSES, Receiver)
    await neighbours.talk()
    kept = all(neighbours.seen[chat] == list(range(EACH)) for chat in range(1, CHATS + 1))
    assert neighbours.together > 0 or not kept


async def test_the_chats_of_a_process_that_died_are_taken_over(neighbours: Neighbours) -> None:
    await neighbours.open(2)
    dying, other = neighbours.receivers
    neighbours.receivers = [dying]
    await neighbours.hold(5)
    neighbours.receivers = [other]
    await neighbours.deliver(2, 5, 1)  # its chat is in the other's hand
    for task in dying.handling.walks:
        task.cancel()
    neighbours.inside.clear()
    neighbours.gate.set()
    await other.take_retried()
    assert neighbours.seen[5] == []  # it may live yet
    assert isinstance(dying.lanes, SharedLanes)
    neighbours.clock.moment += timedelta(seconds=31)
    await other.take_retried()
    await other.idle()
    neighbours.receivers = [dying, other]
    assert neighbours.seen[5] == [0, 1]


async def test_what_a_killed_process_had_in_hand_is_handled_though_nobody_writes_in_that_chat_again(
    neighbours: Neighbours,
) -> None:
    """Only the look of a neighbour finds it: nobody asks for the chat.

    Within its lease it may live yet; thereafter it waits for no more than the next look.
    """
    await neighbours.open(2)
    dying, other = neighbours.receivers
    neighbours.receivers = [dying]
    await neighbours.hold(5)
    assert isinstance(dying.lanes, SharedLanes) and dying.lanes._looking is not None
    for task in (*dying.handling.walks, dying.lanes._looking):
        task.cancel()
    neighbours.inside.clear()
    neighbours.gate.set()
    for seconds, seen in ((0, []), (29, []), (2, [0])):
        neighbours.clock.moment += timedelta(seconds=seconds)
        await other.take_retried()
        await other.idle()
        assert neighbours.seen[5] == seen, f"{seconds} seconds on"
    neighbours.receivers = [dying, other]
    assert neighbours.by[5] == [1]


async def test_what_waits_when_a_process_stops_is_handled_by_another(neighbours: Neighbours) -> None:
    """A stop wrote down the rest of a chat's lane as handled, though nobody had begun it: it was lost for good."""
    await neighbours.open(2)
    stopping, other = neighbours.receivers
    neighbours.receivers = [stopping]
    await neighbours.hold(5)
    for text in (1, 2):
        await neighbours.deliver(text + 1, 5, text)
    stop = asyncio.create_task(stopping.finish())
    await until(lambda: stopping.handling.ending)
    neighbours.gate.set()
    await stop
    assert neighbours.seen[5] == [0]
    await other.take_retried()
    await other.idle()
    neighbours.receivers = [stopping, other]
    assert neighbours.seen[5] == [0, 1, 2]


async def test_a_lane_whose_walk_broke_off_is_taken_again_though_its_process_lives(neighbours: Neighbours) -> None:
    """A process renewed every lane of its own, walked or not: the chat was silent until a restart."""
    await neighbours.open(1)
    (receiver,) = neighbours.receivers
    await neighbours.hold(5)
    for task in receiver.handling.walks:
        task.cancel()
    await asyncio.gather(*receiver.handling.walks, return_exceptions=True)
    neighbours.inside.clear()
    neighbours.gate.set()
    for _ in range(2):
        neighbours.clock.moment += timedelta(seconds=20)
        await receiver.take_retried()
    await receiver.idle()
    assert neighbours.seen[5] == [0]


async def test_an_empty_lane_of_a_process_that_died_is_given_back_at_once(neighbours: Neighbours) -> None:
    """Whoever took it held it for its whole lease, and the chat's next update waited with it."""
    await neighbours.open(1)
    (receiver,) = neighbours.receivers
    database = neighbours.houses[0].database
    await database.write(
        lambda session: session.add(Lane(platform="telegram", chat_key=5, process=1, token=1, leased_until=MONDAY))
    )
    neighbours.clock.moment += timedelta(seconds=1)
    await receiver.take_retried()
    await receiver.idle()
    assert await database.read(lambda session: session.scalar(select(func.count()).select_from(Lane))) == 0


async def test_who_stores_an_update_handles_it_though_another_had_the_chat_in_hand(neighbours: Neighbours) -> None:
    """A busy process drew every chat's next tap to itself: of two, one did all the work and the other stood idle."""
    await neighbours.open(2)
    busy, free = neighbours.receivers
    neighbours.receivers = [busy]
    await neighbours.hold(5)
    neighbours.receivers = [free]
    for text in (1, 2):
        await neighbours.deliver(text + 1, 5, text)
    neighbours.receivers = [busy, free]
    neighbours.gate.set()
    await until(lambda: len(neighbours.seen[5]) == 3)
    assert (neighbours.seen[5], neighbours.by[5], neighbours.together) == ([0, 1, 2], [0, 1, 1], 0)


async def test_a_long_line_in_one_chat_is_handled_to_its_end_without_a_look(
    neighbours: Neighbours, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_lanes, "LOOK_EVERY", 3600.0)  # none comes, however long a busy machine takes
    await neighbours.open(2)
    await neighbours.hold(5)
    count = 2 * AT_ONCE + 10
    for text in range(1, count):
        await neighbours.deliver(text + 1, 5, text)
    neighbours.gate.set()
    await until(lambda: len(neighbours.seen[5]) == count)
    assert (neighbours.seen[5], neighbours.together) == (list(range(count)), 0)


async def test_a_lane_that_is_walked_for_long_stays_ones_own(neighbours: Neighbours) -> None:
    await neighbours.open(2)
    walking, other = neighbours.receivers
    neighbours.receivers = [walking]
    await neighbours.hold(5)
    for _ in range(3):
        neighbours.clock.moment += timedelta(seconds=20)
        await walking.take_retried()
        await other.take_retried()
    neighbours.receivers = [walking, other]
    neighbours.gate.set()
    for receiver in neighbours.receivers:
        await receiver.idle()
    assert (neighbours.seen[5], neighbours.together) == ([0], 0)


async def test_chats_in_hand_go_on_after_the_server_was_away(capsys: pytest.CaptureFixture[str]) -> None:
    """A PostgreSQL restart silenced every chat that was in hand."""
    heard = ""

    def told() -> bool:
        nonlocal heard
        heard += capsys.readouterr().out
        return "lane_waits" in heard

    with PostgresServer() as own:
        url = own.create_database()
        made(url)
        several = Neighbours(url)
        try:
            await several.open(2)
            await several.hold(5)
            own.kill()
            several.gate.set()
            await until(told)
            own.start()
            for receiver in several.receivers:
                await receiver.idle()
            await several.deliver(2, 5, 1)
            for receiver in several.receivers:
                await receiver.idle()
        finally:
            await several.close()
    assert several.seen[5] == [0, 1]


async def test_a_server_that_only_reads_refuses_kindly(postgres_url: str) -> None:
    """It was an error nobody knew, and ended the polling of the bot."""
    url = make_url(postgres_url)
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f'ALTER DATABASE "{url.database}" SET default_transaction_read_only = on')
    bot, panel = AsyncDatabase(postgres_url), Database.connect(postgres_url)
    with pytest.raises(StorageError):
        await bot.write(let_go, process=1, now=MONDAY)
    with pytest.raises(StorageError):
        panel.write(let_go, process=1, now=MONDAY)
    await bot.close()
    panel.close()


def test_only_a_webhook_on_postgresql_has_neighbours(sqlite_url: str) -> None:
    common = {"bot_token": "1000000:test", "webhook_secret": "secret"}
    alone = BotSettings(_env_file=None, database_url=sqlite_url, webhook_url="https://bot.example", **common)
    polling = BotSettings(_env_file=None, database_url="postgresql://u@h/d", **common)
    assert not alone.beside_others
    assert not polling.beside_others
