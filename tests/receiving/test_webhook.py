"""From polling to a webhook and back, whatever Telegram answers meanwhile; the place to listen is always given back."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.sandbox.server import SandboxServer
from bot.settings import BotSettings
from bot.telegram.session import make_bot
from bot.updates.receiver import Receiver
from bot.updates.webhook import serve_webhook
from db.errors import SettingsError
from tests.support.bots import FIRST, stand
from tests.support.stage import free_port
from tests.support.town import Town, until


def hooked(town: Town, **more: Any) -> BotSettings:
    """The town's settings with a webhook at a free port."""
    listen = f"127.0.0.1:{free_port()}"
    hook = {"webhook_url": f"http://{listen}", "webhook_secret": SecretStr("a-secret"), "webhook_listen": listen}
    return town.bot.context.settings.model_copy(update=hook | more)


@contextlib.asynccontextmanager
async def serving(town: Town, settings: BotSettings) -> AsyncIterator[tuple[Receiver, asyncio.Task[None]]]:
    """A receiver of the town's by webhook, stopped at the end by itself."""
    receiver, stop = Receiver(town.bot.bot, town.bot.dispatcher, town.bot.context), asyncio.Event()
    task = asyncio.create_task(serve_webhook(town.bot.bot, receiver, settings, stop))
    try:
        yield receiver, task
    finally:
        stop.set()
        try:
            await asyncio.wait_for(task, 90)
        finally:
            assert not receiver.receiving
            with socket.socket() as free:
                free.bind(("127.0.0.1", int(settings.webhook_listen.rpartition(":")[2])))


def asked(server: SandboxServer, method: str) -> int:
    return sum(call["method"] == method for call in server.world.calls)


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"kind": "error", "status": 502}, id="away"),
        pytest.param({"kind": "drop_request"}, id="hangs up"),
        pytest.param({"kind": "retry_after", "seconds": 1}, id="several bots started together"),
    ],
)
async def test_a_webhook_that_telegram_does_not_take_at_once_is_offered_again(
    town: Town, fault: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """The bot used to end with a traceback."""
    await town.client.fault(**fault, methods=["setWebhook"], times=2)
    async with serving(town, hooked(town)) as (receiver, task):
        await until(lambda: receiver.receiving or task.done())
        assert not task.done(), task.exception()
        assert asked(town.server, "setWebhook") == 3
        assert capsys.readouterr().out.count("webhook_not_taken") == 1


async def test_a_stop_while_telegram_is_away_ends_at_once(town: Town) -> None:
    await town.client.fault("slow", seconds=25, methods=["setWebhook"], times=1)
    async with serving(town, hooked(town)) as (receiver, task):
        await until(lambda: bool(town.server.faults.orders[0].hits))
        assert not receiver.receiving and not task.done()


async def test_a_webhook_that_telegram_refuses_is_a_setting_named_in_one_line(town: Town) -> None:
    with pytest.raises(SettingsError, match=r"^WEBHOOK_URL: Telegram refuses it \(.*secret token.*\)$"):
        async with serving(town, hooked(town, webhook_secret=SecretStr("with blanks"))) as (receiver, task):
            await until(lambda: receiver.receiving or task.done())


async def test_a_taken_place_for_the_webhook_is_named_in_one_line(town: Town) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        receiver = Receiver(town.bot.bot, town.bot.dispatcher, town.bot.context)
        with pytest.raises(SettingsError, match=rf"^WEBHOOK_LISTEN: cannot listen at {address} \(.*in use\)$"):
            await serve_webhook(town.bot.bot, receiver, hooked(town, webhook_listen=address), asyncio.Event())
    assert not asked(town.server, "setWebhook")


async def test_a_bot_that_polls_again_after_a_webhook_is_heard_and_nothing_waiting_is_lost(
    sqlite_url: str, tmp_path: Path
) -> None:
    """Nobody told Telegram: every getUpdates was answered with a conflict, for ever."""
    async with stand(sqlite_url, tmp_path) as place:
        await place.people(1)
        await place.client.fault("error", status=502, methods=["deleteWebhook"], times=1)
        bot = make_bot(BotSettings(_env_file=None, bot_token="1000000:test", telegram_api_url=place.server.url))
        await bot.set_webhook(f"http://127.0.0.1:{free_port()}/telegram")
        await bot.session.close()
        await place.client.bulk([{"person": FIRST, "text": "/menu"}])
        await place.start()
        await place.until(lambda: not place.left(), within=180)
        await place.stop()
        assert asked(place.server, "sendMessage") == 1
