"""A stand-in, a client, and a small aiogram bot that talks to it over HTTP."""

import asyncio
import contextlib
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot.sandbox.client import SandboxClient
from bot.sandbox.server import SandboxServer

PEOPLE = [
    {"id": 1001, "first_name": "Anna", "last_name": "Teacher", "username": "anna", "about": "a teacher"},
    {"id": 1002, "first_name": "Boris", "last_name": "Mentor", "about": "a mentor"},
    {"id": 1003, "first_name": "Vera", "about": "an active member", "started": True},
]
TOKEN = "42:TEST"
Poll = Callable[[Dispatcher], Awaitable[None]]


@pytest.fixture
async def server() -> AsyncIterator[SandboxServer]:
    async with SandboxServer(PEOPLE) as running:
        yield running


@pytest.fixture
async def client(server: SandboxServer) -> AsyncIterator[SandboxClient]:
    async with SandboxClient(server.url) as opened:
        yield opened


@pytest.fixture
async def bot(server: SandboxServer) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(server.url))
    opened = Bot(TOKEN, session=session, default=DefaultBotProperties(parse_mode="HTML"))
    yield opened
    await session.close()


@pytest.fixture
async def poll(bot: Bot) -> AsyncIterator[Poll]:
    """Poll with this dispatcher until the test ends."""
    tasks: list[asyncio.Task[None]] = []

    async def begin(dispatcher: Dispatcher) -> None:
        running = dispatcher.start_polling(bot, handle_signals=False, polling_timeout=1, close_bot_session=False)
        tasks.append(asyncio.create_task(running))

    yield begin
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def picture() -> bytes:
    """A PNG of 3 × 2 pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 3, 2, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\x00" + b"\x33\x99\x66" * 3 for _ in range(2)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
