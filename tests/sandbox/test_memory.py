"""What the stand-in keeps over restarts."""

from pathlib import Path

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import BufferedInputFile, InlineKeyboardButton, InlineKeyboardMarkup
from aiohttp import ClientSession

from bot.sandbox.client import SandboxClient
from bot.sandbox.server import SandboxServer

from .conftest import PEOPLE, TOKEN

KEYS = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Toast", callback_data="toast")]])


def at(server: SandboxServer) -> AiohttpSession:
    return AiohttpSession(api=TelegramAPIServer.from_base(server.url))


async def test_who_has_started_is_remembered(tmp_path: Path) -> None:
    memory = tmp_path / "data" / "sandbox.json"
    async with SandboxServer(PEOPLE, memory=memory) as first, SandboxClient(first.url) as client:
        await (await client.person(1001)).start()
    async with SandboxServer(PEOPLE, memory=memory) as second, SandboxClient(second.url) as client:
        started = {view["person"]["id"]: view["started"] for view in await client.people()}
        assert started == {1001: True, 1002: False, 1003: True}


async def test_a_restart_leaves_the_chats_as_they_were(tmp_path: Path) -> None:
    """A newcomer's chat was empty after Ctrl-C and `make run`; the first reminder, the picture and the buttons gone."""
    memory = tmp_path / "data" / "sandbox.json"
    async with SandboxServer(PEOPLE, memory=memory) as first, SandboxClient(first.url) as client:
        vera = await client.person(1001)
        await vera.start()
        async with Bot(TOKEN, session=at(first)) as bot:
            await bot.send_message(1001, "Напоминаю", reply_markup=KEYS)
            sent = await bot.send_document(1001, BufferedInputFile(b"%PDF-1.4", "билет.pdf"))
        before = [(one.id, one.text, one.kind) for one in await vera.messages()]
    async with SandboxServer(PEOPLE, memory=memory) as second, SandboxClient(second.url) as client:
        vera = await client.person(1001)
        messages = await vera.messages()
        assert [(one.id, one.text, one.kind) for one in messages] == before
        assert await vera.download(messages[-1]) == b"%PDF-1.4"
        await vera.tap("Toast", message_id=messages[-2].id)
        async with Bot(TOKEN, session=at(second)) as bot:
            (update,) = await bot.get_updates()
            assert update.callback_query is not None and update.callback_query.data == "toast"
            assert (await bot.send_message(1001, "Ещё")).message_id > sent.message_id


async def test_the_page_leads_to_the_panel() -> None:
    for panel in ("", "http://127.0.0.1:8080"):
        async with SandboxServer(PEOPLE, panel=panel) as server, ClientSession() as http:
            assert (await (await http.get(f"{server.url}/texts.json")).json())["panel"] == panel
