"""How updates reach the bot, and the trouble that can be ordered on the way."""

import asyncio
import json
import os
import re
import signal
import socket
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot, Dispatcher
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramConflictError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import SendMessage
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from bot import sandbox
from bot.sandbox.client import SandboxClient, SandboxError
from bot.sandbox.server import SandboxServer
from locales import translator
from tests.support.town import until

from .conftest import PEOPLE, Poll

VERA = 1003


async def test_offset_confirms_and_forgets(bot: Bot, client: SandboxClient) -> None:
    vera = await client.person(VERA)
    for text in "abc":
        await vera.send(text)
    first = await bot.get_updates(limit=2)
    assert [update.message.text for update in first if update.message] == ["a", "b"]
    assert [update.update_id for update in await bot.get_updates(limit=2)] == [item.update_id for item in first]
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [update.message.text for update in rest if update.message] == ["c"]
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == []
    assert await bot.get_updates() == []
    await vera.send("d")
    await vera.send("e")
    last = await bot.get_updates(offset=-1)
    assert [update.message.text for update in last if update.message] == ["e"]


async def test_ids_only_grow_over_restarts(server: SandboxServer, bot: Bot, client: SandboxClient) -> None:
    vera = await client.person(VERA)
    await vera.send("a")
    old = (await bot.get_updates())[0]
    await asyncio.sleep(0.3)
    async with SandboxServer(PEOPLE) as fresh, SandboxClient(fresh.url) as other:
        await (await other.person(VERA)).send("b")
        state = fresh.world.bot(42)
        assert state.updates[0]["update_id"] > old.update_id
        assert old.message and state.updates[0]["message"]["message_id"] > old.message.message_id


async def test_long_poll_wakes_at_once(bot: Bot, client: SandboxClient) -> None:
    vera = await client.person(VERA)
    poll = asyncio.create_task(bot.get_updates(timeout=60))
    await asyncio.sleep(0.1)
    await vera.send("now")
    assert len(await asyncio.wait_for(poll, 90)) == 1


async def test_two_pollers_conflict(server: SandboxServer, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=50))
    await until(lambda: server.world.bot().poll is not None)
    assert await bot.get_updates(timeout=0) == []
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await first


async def test_allowed_updates(bot: Bot, client: SandboxClient) -> None:
    vera = await client.person(VERA)
    await bot.get_updates(allowed_updates=["callback_query"])
    await vera.send("not heard")
    await vera.settle()
    assert await bot.get_updates() == []


async def test_redelivery(client: SandboxClient, poll: Poll) -> None:
    seen: list[int] = []
    dispatcher = Dispatcher()

    async def note(handler: Any, event: Any, data: dict[str, Any]) -> Any:
        seen.append(event.update_id)
        return await handler(event, data)

    dispatcher.update.outer_middleware.register(note)

    @dispatcher.message()
    async def echo(message: Message) -> None:
        await message.answer("heard")

    await poll(dispatcher)
    vera = await client.person(VERA)
    await (await vera.send("a")).settle()
    again = await client.redeliver()
    for _ in range(100):
        if len(seen) == 2:
            break
        await asyncio.sleep(0.02)
    await (await vera.send("b")).settle()
    assert seen == [again, again, again + 1]


@pytest.fixture
async def hook(bot: Bot) -> AsyncIterator[tuple[str, list[int]]]:
    """A webhook that fails twice before it works; the handler answers with a call in the reply."""
    statuses: list[int] = []
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def echo(message: Message) -> SendMessage:
        return message.answer(f"hook: {message.text}")

    @web.middleware
    async def stumble(request: web.Request, handler: Any) -> web.StreamResponse:
        response: web.StreamResponse = web.Response(status=500) if len(statuses) < 2 else await handler(request)
        statuses.append(response.status)
        return response

    app = web.Application(middlewares=[stumble])
    SimpleRequestHandler(dispatcher, bot, handle_in_background=False, secret_token="s3cret").register(app, path="/hook")
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook", statuses
    await runner.cleanup()


async def test_webhook(bot: Bot, client: SandboxClient, hook: tuple[str, list[int]]) -> None:
    url, statuses = hook
    vera = await client.person(VERA)
    await vera.send("one")
    await vera.send("two")
    await bot.set_webhook(url, secret_token="s3cret")
    await vera.wait_for("hook: two")
    await vera.settle()
    assert [message.text for message in await vera.messages()][2:] == ["hook: one", "hook: two"]
    assert statuses == [500, 500, 200, 200]
    with pytest.raises(TelegramConflictError, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    info = await bot.get_webhook_info()
    assert (info.url, info.pending_update_count) == (url, 0)
    assert info.last_error_message and "500" in info.last_error_message
    await bot.set_webhook(url, secret_token="wrong")
    statuses.clear()
    await vera.send("three")
    for _ in range(100):
        if 401 in statuses:
            break
        await asyncio.sleep(0.05)
    assert 401 in statuses
    await bot.delete_webhook(drop_pending_updates=True)
    assert await bot.get_updates() == []


async def test_faults(bot: Bot, client: SandboxClient) -> None:
    vera = await client.person(VERA)
    await client.fault("retry_after", seconds=7, times=1)
    with pytest.raises(TelegramRetryAfter) as limited:
        await bot.send_message(VERA, "x")
    assert limited.value.retry_after == 7
    await client.fault("error", status=502, methods=["sendMessage"], times=1)
    await bot.get_me()
    with pytest.raises(TelegramServerError):
        await bot.send_message(VERA, "x")
    assert await vera.messages() == []

    await client.fault("drop_request", times=1)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(VERA, "never")
    assert await vera.messages() == []
    await client.fault("drop_reply", times=1)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(VERA, "done though")
    assert (await vera.last()).text == "done though"

    await client.fault("slow", seconds=0.3, times=1)
    began = time.monotonic()
    await bot.send_message(VERA, "slowly")
    assert time.monotonic() - began >= 0.3
    await client.clear_faults()
    await bot.send_message(VERA, "well")
    with pytest.raises(SandboxError, match="kind must be one of"):
        await client.fault("earthquake")


async def test_faults_by_percentage_repeat(bot: Bot, client: SandboxClient) -> None:
    async def pattern() -> str:
        await client.clear_faults()
        await client.fault("error", percent=50, seed=3)
        outcome = ""
        for _ in range(20):
            try:
                await bot.send_message(VERA, "x")
                outcome += "+"
            except TelegramServerError:
                outcome += "-"
        return outcome

    first = await pattern()
    assert first == await pattern()
    assert 3 < first.count("-") < 17


async def test_flood_limits(bot: Bot, client: SandboxClient) -> None:
    for _ in range(10):
        await bot.send_message(VERA, "free")
    await client.options(flood_limits=True)
    for _ in range(3):
        await bot.send_message(VERA, "burst")
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(VERA, "too much")


async def test_call_log(bot: Bot, client: SandboxClient) -> None:
    await bot.send_message(VERA, "one")
    first = await client.calls()
    with pytest.raises(TelegramBadRequest):
        await bot.send_message(VERA, "")
    later = await client.calls(after=first[-1]["n"])
    assert [(call["method"], call["status"]) for call in later] == [("sendMessage", 400)]
    assert later[0]["error"] == "Bad Request: message text is empty"
    assert json.loads(json.dumps(first[-1]["params"]))["text"] == "one"
    await client.options(log_calls=False)
    await bot.get_me()
    assert await client.calls(after=later[-1]["n"]) == []
    assert (await client.statistics())["calls"] >= 3


async def test_thousands_of_calls(server: SandboxServer, bot: Bot, client: SandboxClient) -> None:
    await client.options(log_calls=False)
    await bot.get_me()
    await client.bulk([{"person": 2000, "text": str(number)} for number in ()])
    await client.person(2000)
    assert await client.bulk([{"person": 2000, "text": str(number)} for number in range(1500)]) == 1500
    assert len(server.world.bot().chats[2000].messages) == 1000
    assert (await client.statistics())["waiting_updates"] == 1500


async def test_the_program_stops_cleanly(tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    environment = {**os.environ, "SANDBOX_LISTEN": address, "DATA_DIR": str(tmp_path)}
    command = (sys.executable, "-m", "bot.sandbox")
    program = await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=PIPE)
    assert program.stdout
    assert f"http://{address}" in (await asyncio.wait_for(program.stdout.readline(), 90)).decode()
    second = await asyncio.create_subprocess_exec(*command, env=environment, stdout=PIPE, stderr=PIPE)
    _, error = await second.communicate()
    assert second.returncode == 1 and error.startswith(b"SANDBOX_LISTEN: cannot listen on")
    async with SandboxClient(f"http://{address}") as client:
        people = await client.people()
        assert len(people) >= 3 and all(view["person"]["about"] for view in people)
        assert b"script" in await client.download("/")
        texts = json.loads(await client.download("/texts.json"))["texts"]
        assert texts["sandbox.start"]
        waiting = asyncio.create_task(client.request("GET", f"people/{people[0]['person']['id']}/wait?timeout=60"))
        await asyncio.sleep(0.1)
        program.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(program.wait(), 55) == 0  # who waits for a minute does not hold it up
        await asyncio.gather(waiting, return_exceptions=True)
    _, error = await program.communicate()
    assert error == b""


def test_page_has_a_text_for_every_key() -> None:
    """Whatever the page asks for by key is in the Russian catalogue, and it holds no Russian of its own."""
    folder = Path(sandbox.__file__).parent
    texts = translator("ru").keys("sandbox.")
    for file in [*folder.rglob("*.py"), *folder.rglob("*.js"), *folder.rglob("*.html")]:
        source = file.read_text(encoding="utf-8")
        assert not re.search("[а-яёА-ЯЁ]", source), file
        asked = re.findall(r'"(sandbox\.[a-z_]+)"', source) if file.suffix != ".py" else []
        asked += [f"sandbox.{key}" for key in re.findall(r'\bt\("([a-z_]+)"', source)] if file.suffix == ".js" else []
        assert set(asked) <= set(texts), (file, set(asked) - set(texts))
