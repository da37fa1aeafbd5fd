"""Receiving by webhook: stored, then answered 200, then handled."""

import asyncio
import hmac
import json

import structlog
from aiogram import Bot
from aiohttp import web

from bot.listening import listening
from bot.receiving import ALLOWED, Receiver
from bot.settings import BotSettings
from db.errors import StorageError

log = structlog.get_logger(__name__)
HEADER = "X-Telegram-Bot-Api-Secret-Token"
PATH = "/telegram"


def webhook_app(receiver: Receiver, secret: str) -> web.Application:
    """The listener: a wrong secret gets 403, an unreadable body 400, both before anything is read into the house."""

    async def receive(request: web.Request) -> web.Response:
        given = request.headers.get(HEADER, "").encode(errors="surrogateescape")
        if not hmac.compare_digest(given, secret.encode()):
            return web.Response(status=403)
        try:
            raw = json.loads(await request.read())
            int(raw["update_id"])
        except (ValueError, KeyError, TypeError):
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
    secret = settings.webhook_secret.get_secret_value()
    async with listening("WEBHOOK_LISTEN", settings.webhook_listen, webhook_app(receiver, secret)):
        await bot.set_webhook(settings.webhook_url + PATH, secret_token=secret, allowed_updates=ALLOWED)
        receiver.listening = True
        log.info("webhook_listening", address=settings.webhook_listen)
        try:
            await stop.wait()
        finally:
            receiver.listening = False
