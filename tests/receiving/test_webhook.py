"""The place to listen at is always given back, and its refusal says which setting named it."""

import asyncio
import socket
from typing import Any

import pytest
from pydantic import SecretStr

from bot.receiving import Receiver
from bot.sandbox.server import SandboxServer
from bot.settings import BotSettings
from bot.webhook import serve_webhook
from db.errors import SettingsError
from tests.support.stage import free_port
from tests.support.town import Town


def hooked(town: Town, **more: Any) -> BotSettings:
    """The town's settings with a webhook at a free port."""
    listen = f"127.0.0.1:{free_port()}"
    hook = {"webhook_url": f"http://{listen}", "webhook_secret": SecretStr("a-secret"), "webhook_listen": listen}
    return town.bot.house.settings.model_copy(update=hook | more)


def asked(server: SandboxServer, method: str) -> int:
    return sum(call["method"] == method for call in server.world.calls)


async def test_a_taken_place_for_the_webhook_is_named_in_one_line(town: Town) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        receiver = Receiver(town.bot.bot, town.bot.dispatcher, town.bot.house)
        with pytest.raises(SettingsError, match=rf"^WEBHOOK_LISTEN: cannot listen at {address} \(.*in use\)$"):
            await serve_webhook(town.bot.bot, receiver, hooked(town, webhook_listen=address), asyncio.Event())
    assert not asked(town.server, "setWebhook")
