"""Updates are kept before they are acknowledged, handled once, in order per chat, and never block each other."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from aiogram import Dispatcher
from aiogram.types import Message
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import func, select

from bot.context import Context
from bot.sandbox.client import SandboxClient
from bot.sandbox.server import SandboxServer
from bot.settings import BotSettings
from bot.telegram.session import make_bot
from bot.updates.receiver import Receiver
from bot.updates.sanitize import received
from bot.updates.webhook import webhook_app
from db.clock import FrozenClock
from db.inbox.models import IncomingUpdate, UpdateStatus
from db.inbox.queries import Received
from tests.support.lives import Life
from tests.support.town import MONDAY


class Post:
    """A receiver with a dispatcher of its own: what handlers do is up to the test."""

    def __init__(self, url: str) -> None:
        self.server = SandboxServer([{"id": number, "first_name": "Имя", "started": True} for number in range(1, 6)])
        self.url = url
        self.seen: list[tuple[int, str]] = []
        self.bad: set[str] = set()
        self.gate = asyncio.Event()
        self.gate.set()

    async def open(self) -> "Post":
        await self.server.start()
        self.client = SandboxClient(self.server.url)
        await self.start()
        return self

    async def start(self) -> None:
        settings = BotSettings(
            _env_file=None, bot_token="1000000:test", telegram_api_url=self.server.url, database_url=self.url
        )
        self.context = Context.open(settings, FrozenClock(MONDAY))
        self.bot = make_bot(settings)
        dispatcher = Dispatcher()
        dispatcher.message.register(self.handle)
        self.receiver = Receiver(self.bot, dispatcher, self.context)
        self.stop = asyncio.Event()
        self.life = Life()
        with self.life:
            await self.receiver.recover()
            self.polling = asyncio.create_task(self.receiver.poll(self.stop))

    async def handle(self, message: Message) -> None:
        await self.gate.wait()
        text = message.text or ""
        if text in self.bad:
            raise RuntimeError("a bad update")
        self.seen.append((message.chat.id, text))
        await message.answer("ok")

    async def end(self, *, kill: bool = False) -> None:
        self.stop.set()
        try:
            if kill:
                await self.life.end()
            elif not self.polling.cancelled():  # a test that failed after a kill has nothing left to stop
                await self.polling
                await self.receiver.finish()
        finally:
            await self.bot.session.close()
            await self.context.database.close()

    async def close(self) -> None:
        try:
            await self.end()
        finally:
            await self.client.close()
            await self.server.stop()

    async def kept(self, number: int) -> None:
        """Waits until so many updates are received and not handled."""
        for _ in range(500):
            if await self.count(UpdateStatus.RECEIVED) >= number:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("the updates did not come")

    async def count(self, status: UpdateStatus) -> int:
        query = select(func.count()).where(IncomingUpdate.status == status)
        return await self.context.database.read(lambda session: session.scalar(query) or 0)


@pytest.fixture
async def post(database_url: str) -> AsyncIterator[Post]:
    place = await Post(database_url).open()
    yield place
    await place.close()


async def say(post: Post, person_id: int, *texts: str) -> None:
    await post.client.bulk([{"person": person_id, "text": text} for text in texts])


async def test_order_is_kept_in_a_chat_while_chats_run_side_by_side(post: Post) -> None:
    for number in range(10):
        for person in (1, 2, 3):
            await say(post, person, str(number))
    for person in (1, 2, 3):
        await (await post.client.person(person)).settle()
    for person in (1, 2, 3):
        assert [text for chat, text in post.seen if chat == person] == [str(number) for number in range(10)]


async def test_an_update_in_hand_at_a_kill_is_handled_after_the_restart_once(post: Post) -> None:
    post.gate.clear()
    await say(post, 1, "a", "b")
    await post.kept(2)
    await post.end(kill=True)
    post.gate.set()
    await post.start()
    await (await post.client.person(1)).settle()
    assert post.seen == [(1, "a"), (1, "b")]


async def test_a_kill_in_the_middle_of_a_store_leaves_nothing_that_goes_on(post: Post) -> None:
    """A store was under way when «the process» died, and handed its update to a dead process's handler."""
    storing, kept, loop = asyncio.Event(), asyncio.Event(), asyncio.get_running_loop()

    async def store(items: Sequence[Received]) -> None:
        storing.set()
        await kept.wait()
        await kept_store(items)

    dead = post.receiver
    kept_store = dead.lanes.store
    dead.lanes.store = store  # type: ignore[method-assign]
    await say(post, 1, "a")
    await storing.wait()
    await post.end(kill=True)
    kept.set()
    await loop.run_in_executor(None, int)  # whatever was left of it would go on here
    assert not dead.handling.walks
    await post.start()
    await (await post.client.person(1)).settle()
    assert post.seen == [(1, "a")]


async def test_a_stop_amid_a_backlog_lets_only_what_is_in_hand_end(post: Post) -> None:
    """Every lane used to walk to its end: under load a stop took longer than the ten seconds it is given."""
    post.gate.clear()
    await say(post, 1, *"abc")
    await post.kept(3)
    post.stop.set()
    await post.polling
    finishing = asyncio.create_task(post.receiver.finish())
    await asyncio.sleep(0)
    post.gate.set()
    await finishing
    assert post.seen == [(1, "a")]
    assert await post.count(UpdateStatus.RECEIVED) == 2
    await post.bot.session.close()
    await post.context.database.close()
    await post.start()
    await (await post.client.person(1)).settle()
    assert post.seen == [(1, "a"), (1, "b"), (1, "c")]


async def test_a_bad_update_is_set_aside_and_the_next_one_of_the_chat_goes_on(post: Post) -> None:
    post.bad.add("bad")
    await say(post, 1, "bad", "next")
    await say(post, 2, "other")
    await (await post.client.person(2)).settle()
    await (await post.client.person(1)).wait_for("ok")
    assert [text for _, text in post.seen] == ["other", "next"]
    await post.receiver.idle()
    assert await post.count(UpdateStatus.QUARANTINED) == 1


async def test_a_person_is_told_when_an_update_was_set_aside(post: Post) -> None:
    post.bad.add("bad")
    await say(post, 1, "bad")
    await (await post.client.person(1)).wait_for("не так у нас")


async def test_the_same_update_twice_is_handled_once(post: Post) -> None:
    await say(post, 1, "once")
    await (await post.client.person(1)).settle()
    await post.client.redeliver()
    await say(post, 1, "then")
    await (await post.client.person(1)).settle()
    assert [text for _, text in post.seen] == ["once", "then"]


async def test_the_same_update_twice_in_one_delivery_is_handled_once(post: Post) -> None:
    person = {"id": 1, "type": "private", "is_bot": False, "first_name": "x"}
    message = {"message_id": 1, "date": 0, "chat": person, "from": person, "text": "once"}
    await post.receiver.take([{"update_id": 7, "message": message}, {"update_id": 7, "message": message}])
    await post.receiver.idle()
    assert post.seen == [(1, "once")]


@pytest.mark.parametrize("message", [None, [], "x", {"chat": "x"}, {"chat": {"id": {}}}, {"chat": {"id": 2**70}}])
async def test_a_delivery_with_nonsense_in_it_is_kept_whole(post: Post, message: Any) -> None:
    """It used to end the polling for everybody: whose update it is could not be told."""
    person = {"id": 1, "type": "private", "is_bot": False, "first_name": "x"}
    good = {"message_id": 1, "date": 0, "chat": person, "from": person, "text": "good"}
    await post.receiver.take([{"update_id": 7, "message": message}, {"update_id": 8, "message": good}])
    await post.receiver.idle()
    assert post.seen == [(1, "good")]
    assert await post.count(UpdateStatus.RECEIVED) == 0


async def test_what_was_written_is_dropped_once_it_is_handled(post: Post) -> None:
    await say(post, 1, "личное слово")
    await (await post.client.person(1)).settle()
    await post.receiver.idle()
    rows = await post.context.database.read(lambda session: session.scalars(select(IncomingUpdate.payload)).all())
    assert rows and all(row is None for row in rows)


async def test_a_lost_connection_is_logged_once_and_comes_back(post: Post, capsys: pytest.CaptureFixture[str]) -> None:
    await post.client.fault("error", status=500, methods=["getUpdates"], times=3)
    await say(post, 1, "hello")
    await (await post.client.person(1)).settle()
    output = capsys.readouterr().out
    assert output.count("telegram_connection_lost") == 1
    assert output.count("telegram_connection_back") == 1


async def test_a_dropped_reply_is_asked_for_again(post: Post) -> None:
    await post.client.fault("drop_request", methods=["sendMessage"], times=1)
    await say(post, 1, "hello")
    message = await (await post.client.person(1)).wait_for("ok")
    assert message.text == "ok"


def test_names_are_cut_out_of_an_update_before_it_is_stored() -> None:
    user = {"id": 5, "first_name": "Анна", "last_name": "Ким", "username": "anna", "is_bot": False}
    raw: dict[str, Any] = {
        "update_id": 1,
        "message": {"message_id": 1, "date": 0, "from": dict(user), "chat": {**user, "type": "private"}, "text": "hi"},
    }
    item = received(raw)
    assert item.chat_key == 5
    assert not any(word in item.payload for word in ("Анна", "Ким", "anna"))


async def test_a_forged_webhook_is_refused_and_a_true_one_is_kept_before_200(post: Post) -> None:
    body = {"update_id": 77, "message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}, "text": "w"}}
    header = "X-Telegram-Bot-Api-Secret-Token"
    async with TestClient(TestServer(webhook_app(post.receiver, "secret"))) as client:
        assert (await client.post("/telegram", json=body)).status == 403
        assert (await client.post("/telegram", json=body, headers={header: "guess"})).status == 403
        assert (await client.post("/telegram", data=b"no json", headers={header: "secret"})).status == 400
        assert (await client.post("/telegram", json=body, headers={header: "secret"})).status == 200
    rows = await post.context.database.read(lambda session: session.scalars(select(IncomingUpdate.update_id)).all())
    assert 77 in rows
