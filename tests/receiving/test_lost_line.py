"""A proxy that is down and an answer that is none are lost connections: tried again, and their words told nobody."""

import asyncio
import contextlib
import traceback
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError
from aiogram.methods import GetMe
from aiohttp import ClientError, web
from aiohttp.test_utils import TestServer
from prometheus_client import REGISTRY
from sqlalchemy import func, select

from bot.settings import BotSettings
from bot.telegram.session import make_bot, session_of
from db.clock import FrozenClock
from db.inbox.models import IncomingUpdate, UpdateStatus
from tests.support.stage import free_port
from tests.support.town import Town, until

PAGE = "<h1>502 Кварцитова</h1>"


@contextlib.asynccontextmanager
async def bot_of(**settings: str) -> AsyncIterator[Bot]:
    bot = make_bot(BotSettings(_env_file=None, bot_token="1000000:test", **settings))
    try:
        yield bot
    finally:
        await bot.session.close()


async def failures(bot: Bot) -> list[Exception]:
    """What a call by aiogram's way and by the short one raise."""
    told = await asyncio.gather(bot.get_me(), session_of(bot).call(bot, GetMe, {}), return_exceptions=True)
    assert all(isinstance(error, Exception) for error in told), told
    return told  # type: ignore[return-value]


def said(error: Exception) -> str:
    """All that a log would show of an error."""
    return "".join(traceback.format_exception(error))


@pytest.mark.parametrize("scheme", ["http", "socks4", "socks5"])
async def test_a_dead_proxy_is_a_lost_connection_and_its_password_is_told_nobody(scheme: str) -> None:
    """It was taken for a bug of ours: three quick tries, then the update was set aside."""
    port = free_port()
    async with bot_of(telegram_proxy=f"{scheme}://somebody:hidden@127.0.0.1:{port}") as bot:
        for error in await failures(bot):
            assert isinstance(error, TelegramNetworkError), repr(error)
            assert str(port) not in said(error) and "hidden" not in said(error)
        with pytest.raises(
            ClientError
        ) as lost:  # as any file that can't be fetched: see bot/applications/handlers_uploads.py
            await bot.download_file("documents/file.pdf")
        assert str(port) not in said(lost.value) and "1000000:test" not in said(lost.value)


@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_proxy_that_hangs_up_or_talks_nonsense_is_a_lost_connection(scheme: str) -> None:
    words = [b"", b"\xff\xfe no proxy\r\n\r\n"]

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(words[0])
        writer.close()

    proxy = await asyncio.start_server(answer, "127.0.0.1", port := free_port())
    async with proxy, bot_of(telegram_proxy=f"{scheme}://127.0.0.1:{port}") as bot:
        for _ in range(2):
            for error in await failures(bot):
                assert isinstance(error, TelegramNetworkError), repr(error)
            words.reverse()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(502, PAGE.encode(), id="a page"),
        pytest.param(200, PAGE.encode(), id="a page that says it is well"),
        pytest.param(200, PAGE.encode("cp1251"), id="no utf-8"),
        pytest.param(200, b"[]", id="another json"),
        pytest.param(502, '{"error": "Кварцитова"}'.encode(), id="a gateway's json"),
    ],
)
async def test_an_answer_that_is_none_of_telegrams_is_a_lost_connection(status: int, body: bytes) -> None:
    async with answering(status, body) as bot:
        for error in await failures(bot):
            assert type(error) is TelegramNetworkError, repr(error)
            assert "502" not in said(error) and "Кварцитова" not in said(error)


async def test_what_telegram_did_is_no_lost_connection_even_when_its_answer_is_not_understood() -> None:
    """A lost connection is tried again without end: a message would be sent again and again."""
    async with answering(200, '{"ok": true, "result": {"first_name": "Кварцитова"}}'.encode()) as bot:
        with pytest.raises(TelegramAPIError) as failure:
            await bot.get_me()
    assert not isinstance(failure.value, TelegramNetworkError)
    assert "Кварцитова" not in said(failure.value)


@contextlib.asynccontextmanager
async def answering(status: int, body: bytes) -> AsyncIterator[Bot]:
    """A bot whose server says the same to everything."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=status, body=body)

    app = web.Application()
    app.router.add_route("*", "/{any:.*}", answer)
    async with TestServer(app) as server, bot_of(telegram_api_url=str(server.make_url("/"))) as bot:
        yield bot


async def test_an_update_amid_a_dead_proxy_is_handled_once_the_proxy_lives(sqlite_url: str, clock: FrozenClock) -> None:
    port = free_port()
    async with contextlib.AsyncExitStack() as proxies:
        town = await Town(sqlite_url, clock, telegram_proxy=f"http://127.0.0.1:{port}").open()
        try:
            vera = await town.teacher()
            person = {"id": vera.id, "is_bot": False, "first_name": "Вера"}
            chat = {**person, "type": "private"}
            message = {"message_id": 1, "date": 0, "chat": chat, "from": person, "text": "/menu"}
            before = lost_calls()
            await town.bot.receiver.take([{"update_id": 1, "message": message}])
            await until(lambda: lost_calls() > before + 1 or aside(town) > 0)
            await proxies.enter_async_context(await asyncio.start_server(pass_on, "127.0.0.1", port))
            await vera.wait_for(lambda message: len(message.buttons) > 1)
            await town.bot.receiver.idle()
            assert aside(town) == 0
            await vera.send("/help")  # and the polling goes on
            await vera.settle()
        finally:
            await town.close()


def aside(town: Town) -> int:
    query = select(func.count()).where(IncomingUpdate.status == UpdateStatus.QUARANTINED)
    return town.read(lambda session: session.scalar(query) or 0)


def lost_calls() -> float:
    return REGISTRY.get_sample_value("opora_telegram_failures_total", {"reason": "network"}) or 0.0


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A proxy for HTTP's CONNECT."""
    first = await reader.readuntil(b"\r\n\r\n")
    host, _, port = first.split()[1].decode().partition(":")
    there, onward = await asyncio.open_connection(host, int(port))
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while words := await source.read(65536):
                target.write(words)
                await target.drain()
        target.close()

    await asyncio.gather(pump(reader, onward), pump(there, writer))
