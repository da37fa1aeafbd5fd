"""Receiving by webhook: stored, then answered 200, then handled."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiohttp import web

from bot.monitoring.listener import listening_at
from bot.settings import BotSettings
from bot.telegram.backoff import Backoff
from bot.updates.receiver import Receiver
from bot.updates.sanitize import ALLOWED
from db.errors import SettingsError, StorageError

log = structlog.get_logger(__name__)
HEADER = "X-Telegram-Bot-Api-Secret-Token"
PATH = "/telegram"


def webhook_app(receiver: Receiver, secret: str) -> web.Application:
    """The listener: a wrong secret gets 403, an unreadable body 400, both before anything is stored."""

    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get(HEADER, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(given, secret.encode()):
            return web.Response(status=403)
        try:
            raw = json.loads(await request.read())
        except ValueError:
            return web.Response(status=400)
        try:
            await receiver.take([raw])
        except StorageError:
            return web.Response(status=503)  # Telegram will offer it again
        return web.Response()

    app = web.Application(client_max_size=2**20)
    app.router.add_post(PATH, receive)
    return app


async def serve_webhook(bot: Bot, receiver: Receiver, settings: BotSettings, stop: asyncio.Event) -> None:
    """Listens at WEBHOOK_LISTEN and tells Telegram to call WEBHOOK_URL, until told to stop. Raises SettingsError."""
    if settings.webhook_secret is None or settings.webhook_url is None:
        raise ValueError("a webhook needs its address and its secret")
    url, secret = settings.webhook_url + PATH, settings.webhook_secret.get_secret_value()
    async with listening_at("WEBHOOK_LISTEN", settings.webhook_listen, webhook_app(receiver, secret)):
        call = partial(bot.set_webhook, url, secret_token=secret, allowed_updates=ALLOWED)
        told = asyncio.create_task(_insist(call, "webhook_not_taken"))
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((told, stopped), return_when=asyncio.FIRST_COMPLETED)
            if told.done():
                told.result()
                receiver.listening = True
                log.info("webhook_listening", address=settings.webhook_listen)
                await stopped
        except TelegramBadRequest as error:
            raise SettingsError(f"WEBHOOK_URL: Telegram refuses it ({error.message})") from None
        finally:
            receiver.listening = False
            told.cancel()
            stopped.cancel()
            await asyncio.gather(told, stopped, return_exceptions=True)


async def withdraw_webhook(bot: Bot) -> None:
    """Beside the polling: while a webhook of an earlier life stands, Telegram answers every getUpdates with a conflict.

    Where none stands this changes nothing, a poll in hand included. What waits for the webhook stays for the polling.
    """
    await _insist(bot.delete_webhook, "webhook_not_withdrawn")


async def _insist(call: Callable[[], Awaitable[bool]], failed: str) -> None:
    """Calls Telegram until it does so, with the pauses of a lost poll; logged once. Raises TelegramBadRequest."""
    backoff = Backoff()
    while True:
        try:
            await call()
            return
        except TelegramBadRequest:
            raise
        except TelegramAPIError as error:
            if not backoff.failing:
                log.warning(failed, reason=type(error).__name__)
            pause = backoff.after(error)
        await asyncio.sleep(pause)
