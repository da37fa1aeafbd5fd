"""Whatever getUpdates answers, the bot goes on: what is no update is set aside, and the next person is heard."""

import asyncio
import copy
import json
import random
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from aiogram import Dispatcher
from aiogram.types import Message
from aiohttp import web
from sqlalchemy import func, select

from bot.context import Context
from bot.settings import BotSettings
from bot.telegram import backoff
from bot.telegram.session import make_bot
from bot.updates import handling, receiver
from bot.updates.receiver import Receiver
from bot.updates.sanitize import NUMBERS
from db.inbox.models import IncomingUpdate, UpdateStatus
from tests.support.town import Town, until

HUGE = 10**30
CHAT = {"id": 1, "type": "private", "first_name": "Имя"}
PERSON = {"id": 1, "is_bot": False, "first_name": "Имя"}
GOOD = {"message_id": 1, "date": 1, "chat": CHAT, "from": PERSON, "text": "слышно"}

ANSWERS = {
    "nothing": "",
    "the page of a proxy": "<html><h1>502 Bad Gateway</h1></html>",
    "a number": "5",
    "null": "null",
    "a bare list": "[]",
    "ok without a result": '{"ok": true}',
    "ok for a number": '{"ok": 1, "result": 5}',
    "no list": '{"ok": true, "result": {"update_id": 1}}',
    "a text": '{"ok": true, "result": "updates"}',
    "nested without end": '{"ok": true, "result": ' + "[" * 5000 + "]" * 5000 + "}",
}
ITEMS: dict[str, Any] = {
    "a number for an update": 5,
    "null for an update": None,
    "a text for an update": "update",
    "a list for an update": [],
    "an empty one": {},
    "without a number": {"message": GOOD},
    "a text for its number": {"update_id": "7", "message": GOOD},
    "true for its number": {"update_id": True, "message": GOOD},
    "a huge number": {"update_id": HUGE, "message": GOOD},
    "a number below zero": {"update_id": -5, "message": GOOD},
    "a fraction": {"update_id": 1.5, "message": GOOD},
    "nested": {"update_id": 7, "message": json.loads("[" * 400 + "]" * 400)},
    "a number for a message": {"message": 5},
    "a number for a chat": {"message": {**GOOD, "chat": 5}},
    "a huge chat": {"message": {**GOOD, "chat": {**CHAT, "id": HUGE}}},
    "a huge person": {"message": {**GOOD, "from": {**PERSON, "id": HUGE}}},
    "a number for a person": {"message": {**GOOD, "from": 5}},
    "a list for a tap": {"callback_query": []},
    "an unknown kind": {"surprise": {"id": 5}},
}


class Oddity:
    """A server whose getUpdates answers what it is told, and a bot that asks it."""

    def __init__(self, url: str, port: int) -> None:
        self.answers: list[str] = []
        self.seen: list[str] = []
        settings = BotSettings(
            _env_file=None, bot_token="1000000:test", telegram_api_url=f"http://127.0.0.1:{port}", database_url=url
        )
        self.context = Context.open(settings)
        self.bot = make_bot(settings)
        dispatcher = Dispatcher()
        dispatcher.message.register(self.note)
        self.receiver = Receiver(self.bot, dispatcher, self.context)

    async def note(self, message: Message) -> None:
        self.seen.append(message.text or "")

    def heard(self, count: int, polling: "asyncio.Task[None]") -> bool:
        """Whether so many good updates came through, or none will any more."""
        return sum(text.startswith("good") for text in self.seen) >= count or polling.done()

    async def answer(self, request: web.Request) -> web.Response:
        if request.path.endswith("/getUpdates") and self.answers:
            return web.Response(text=self.answers.pop(0), content_type="application/json")
        if request.path.endswith("/getUpdates"):
            await asyncio.sleep(0.05)
        return web.json_response({"ok": True, "result": []})


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pauses between tries."""
    monkeypatch.setattr(receiver, "ASK_AGAIN", 0.01, raising=False)
    monkeypatch.setattr(backoff, "LONGEST", 0.01)
    monkeypatch.setattr(handling, "TRIES", 1)


async def test_no_answer_of_getupdates_ends_the_bot_or_silences_it(database_url: str, hasty: None) -> None:
    """Five of thirteen odd answers ended the process."""
    odd: Oddity
    app = web.Application()

    async def answer(request: web.Request) -> web.Response:
        return await odd.answer(request)

    app.router.add_post("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    odd = Oddity(database_url, runner.addresses[0][1])
    number, stop = 1000, asyncio.Event()
    polling = asyncio.create_task(odd.receiver.poll(stop))
    try:
        answers, heard = list(ANSWERS.values()), 0
        for item in ITEMS.values():
            if isinstance(item, dict) and item and "update_id" not in item and item.get("message") is not GOOD:
                number += 1
                item = {"update_id": number, **item}
            answers.append(json.dumps({"ok": True, "result": [item]}))
        for text in answers:
            number, heard = number + 1, heard + 1
            good = {"update_id": number, "message": {**GOOD, "text": f"good {number}"}}
            odd.answers += [text, json.dumps({"ok": True, "result": [good]})]
            await until(partial(odd.heard, heard, polling))
            assert not polling.done(), (text[:80], polling.exception())
        # Sets of equal items without a number are one.
        strange = select(func.count()).where(IncomingUpdate.update_id >= NUMBERS)
        assert await odd.context.database.read(lambda session: session.scalar(strange) or 0) >= 8
    finally:
        stop.set()
        await asyncio.gather(polling, return_exceptions=True)
        await odd.receiver.finish()
        await odd.bot.session.close()
        await odd.context.close()
        await runner.cleanup()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a value that something else could stand at."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inside:
        yield from places(one, (*path, key))


def twisted(dice: random.Random, update: dict[str, Any]) -> Any:
    """The update with something odd in one place."""
    odd = dice.choice([None, 5, -1, HUGE, 2**63, 1.5, True, "", "\x00", "я" * 5000, [], {}, [{}], {"id": 1}, [None]])
    path = dice.choice(list(places(update)))
    if not path:
        return odd
    made = copy.deepcopy(update)
    place = made
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = odd
    return made


async def test_an_update_with_something_odd_anywhere_in_it_is_handled_or_set_aside(town: Town, hasty: None) -> None:
    vera = await town.teacher()
    chat = {"id": vera.id, "type": "private", "first_name": "Вера"}
    person = {"id": vera.id, "is_bot": False, "first_name": "Вера", "language_code": "ru"}
    said = {"message_id": 5, "date": 1, "chat": chat, "from": person, "text": "/menu", "entities": []}
    tap = {"id": "1", "from": person, "chat_instance": "1", "data": "menu", "message": {**said, "from": person}}
    file = {"file_id": "a", "file_unique_id": "b", "file_size": 5, "file_name": "a.pdf", "mime_type": "application/pdf"}
    sent = {key: value for key, value in said.items() if key != "text"} | {"document": file, "caption": "вот"}
    dice = random.Random(7)
    kinds = ({"message": said}, {"callback_query": tap}, {"message": sent}, {"edited_message": said})
    updates = [twisted(dice, {"update_id": 10**6 + number, **kinds[number % 4]}) for number in range(240)]
    for start in range(0, len(updates), 20):
        await town.bot.receiver.take(updates[start : start + 20])
    await town.bot.receiver.idle()
    left = select(func.count()).where(IncomingUpdate.status == UpdateStatus.RECEIVED)
    assert town.read(lambda session: session.scalar(left)) == 0
    await vera.send("/help")
    await vera.wait_for("Как здесь всё устроено")
