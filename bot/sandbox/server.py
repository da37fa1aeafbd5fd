"""The stand-in for Telegram's Bot API on this machine: one HTTP server for bots, tests and the chat page."""

import asyncio
import json
import re
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.sandbox.api import METHODS
from bot.sandbox.calls import Call, read_call
from bot.sandbox.control import Control, bot_of
from bot.sandbox.faults import Fault, Faults, FloodLimits
from bot.sandbox.memory import Memory
from bot.sandbox.pages import Pages
from bot.sandbox.refusals import Json, RefusedError, too_many_requests
from bot.sandbox.state import BotState, Chat, World
from bot.sandbox.webhook import WebhookDelivery

_TOKEN = re.compile(r"\d{1,18}:.+")
_UNAUTHORIZED = RefusedError(401, "Unauthorized")
_NO_METHOD = RefusedError(404, "Not Found: method not found")


class SandboxServer:
    """An embeddable Bot API server with people in it.

    `people` are dicts of id, first_name and optionally last_name, username, language_code, about and `started` (has
    pressed Start in an earlier life). `memory` names a file that keeps the chats over restarts, `panel` the address of
    the panel for the chat page.
    """

    def __init__(
        self,
        people: Iterable[Json] = (),
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        bot_name: str = "Opora",
        bot_username: str = "opora_bot",
        language: str = "ru",
        query_lifetime: float = 15.0,
        log_calls: bool = True,
        memory: Path | None = None,
        panel: str = "",
    ) -> None:
        self.world = World(
            people, bot_name=bot_name, bot_username=bot_username, query_lifetime=query_lifetime, log_calls=log_calls
        )
        self.faults = Faults()
        self.host, self.port = host, port
        self._stopping = asyncio.Event()
        self._control = Control(self.world, self.faults, self._stopping)
        self._pages = Pages(language, panel)
        self._webhooks = WebhookDelivery(self._inline)
        self.world.deliver = self._webhooks.wake
        self._memory = Memory(memory, self.world) if memory else None
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str:
        """Where bots, tests and browsers find it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def flood_limits(self) -> FloodLimits | None:
        """Telegram's flood limits, off unless set."""
        return self._control.flood

    @flood_limits.setter
    def flood_limits(self, limits: FloodLimits | None) -> None:
        self._control.flood = limits

    async def start(self) -> None:
        """Listen; port 0 picks a free one. :raises OSError: when the address is taken."""
        self._runner = web.ServerRunner(
            web.Server(self._handle, access_log=None, keepalive_timeout=75), shutdown_timeout=1.0
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, self.host, self.port, reuse_address=True).start()
        self.port = self._runner.addresses[0][1]
        if self._memory is not None:
            self._memory.start()

    async def stop(self) -> None:
        """End long polls and pages, close everything."""
        self._stopping.set()
        for bot in self.world.bots.values():
            if bot.poll is not None and not bot.poll.done():
                bot.poll.set_result("")
        await self._webhooks.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        if self._memory is not None:
            self._memory.stop()

    async def __aenter__(self) -> "SandboxServer":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        if path.startswith("/bot"):
            return await self._api(request, path)
        if path.startswith("/sandbox/"):
            return await self._control.handle(request, path)
        if path.startswith("/file/bot"):
            return self._download(path)
        return self._pages.answer(path)

    async def _api(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        token, _, method = path[4:].partition("/")
        if not _TOKEN.fullmatch(token):
            return _answer(_UNAUTHORIZED.as_json(), 401)
        name, _ = METHODS.get(method.lower(), (method, None))
        began = time.monotonic()
        bot = bot_of(self.world, token)
        try:
            fields, uploads = await read_call(request)
        except RefusedError as error:
            self._note(name, {}, error.code, error.description, began)
            return _answer(error.as_json(), error.code)
        chat = self._chat_of(bot, fields)
        struck = self.faults.strike(method.lower(), chat.person.id if chat else 0) if self.faults.orders else {}
        if chat is not None:
            chat.in_flight += 1
        try:
            body, status = await self._perform(Call(name, bot, fields, uploads), struck)
        finally:
            if chat is not None:
                chat.in_flight -= 1
                chat.wake()
        description = "" if status == 200 else body["description"]
        if "drop_reply" in struck or "drop_request" in struck:
            self._note(name, fields, 0, "drop_reply" if "drop_reply" in struck else "drop_request", began)
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        self._note(name, fields, status, description, began)
        return _answer(body, status)

    async def _perform(self, call: Call, struck: dict[str, Fault]) -> tuple[Json, int]:
        """The body and status; bodies of refusals have a description."""
        try:
            if struck:
                await self._befall(struck)
            if self.flood_limits is not None and call.fields.get("chat_id"):
                wait = self.flood_limits.wait_for(call.method.lower(), call.integer("chat_id"))
                if wait:
                    raise too_many_requests(wait)
            if "drop_request" in struck:
                return {"description": ""}, 0
            entry = METHODS.get(call.method.lower())
            if entry is None:
                raise _NO_METHOD
            return {"ok": True, "result": await entry[1](call)}, 200
        except RefusedError as error:
            return error.as_json(), error.code

    async def _befall(self, struck: dict[str, Fault]) -> None:
        self.world.counts["faults"] += 1
        if "slow" in struck:
            await asyncio.sleep(struck["slow"].seconds)
        if "retry_after" in struck:
            raise too_many_requests(round(struck["retry_after"].seconds))
        if "error" in struck:
            raise RefusedError(struck["error"].status, struck["error"].description)

    async def _inline(self, bot: BotState, method: str, fields: Json) -> object:
        began = time.monotonic()
        body, status = await self._perform(Call(method, bot, fields), {})
        self._note(method, fields, status, "" if status == 200 else body["description"], began)
        return body

    def _chat_of(self, bot: BotState, fields: dict[str, Any]) -> Chat | None:
        value = fields.get("chat_id")
        if value is None:
            query = bot.queries.get(str(fields.get("callback_query_id")))
            return query.chat if query else None
        try:
            return bot.chats.get(int(value))
        except ValueError:
            return None

    def _note(self, name: str, fields: dict[str, Any], status: int, error: str, began: float) -> None:
        counts = self.world.counts
        counts["calls"] += 1
        if status not in (200, 0):
            counts["refused"] += 1
        if not self.world.log_calls:
            return
        chat_id = str(fields.get("chat_id", ""))
        self.world.log({
            "method": name,
            "params": fields,
            "chat_id": int(chat_id) if chat_id.lstrip("-").isdigit() else 0,
            "status": status,
            "error": error,
            "at": self.world.now(),
            "took_ms": round((time.monotonic() - began) * 1000, 2),
        })  # fmt: skip

    def _download(self, path: str) -> web.Response:
        token, _, file_path = path.removeprefix("/file/bot").partition("/")
        file = self.world.files.by_path(file_path) if _TOKEN.fullmatch(token) else None
        if file is None:
            return _answer(RefusedError(404, "Not Found").as_json(), 404)
        return web.Response(body=file.data, content_type="application/octet-stream")


def _answer(body: Json, status: int = 200) -> web.Response:
    return web.Response(body=json.dumps(body).encode(), status=status, content_type="application/json")
