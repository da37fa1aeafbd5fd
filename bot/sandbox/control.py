"""The control API under /sandbox/: what the chat page and the tests drive the stand-in with."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, urlsplit

from aiohttp import web

from bot.sandbox import people
from bot.sandbox.api.profile import commands_for
from bot.sandbox.calls import Call, read_call
from bot.sandbox.events import stream
from bot.sandbox.faults import Fault, Faults, FloodLimits
from bot.sandbox.refusals import Json, RefusedError
from bot.sandbox.render import chat_view, message_view
from bot.sandbox.settling import settle
from bot.sandbox.state import BotState, Chat, World

_SHOWN_INLINE = re.compile(r"image/(png|jpeg|gif|webp|bmp)$")
_LONGEST_WAIT = 120.0

Result = Json | list[Any] | None


class Control:
    """The routes of the control API over one world."""

    def __init__(self, world: World, faults: Faults, stopping: asyncio.Event) -> None:
        self.world = world
        self.faults = faults
        self.flood: FloodLimits | None = None
        self._stopping = stopping
        self._general: dict[str, Callable[[Call], Result]] = {
            "GET people": self._people,
            "POST people": self._add_person,
            "GET bot": self._bot,
            "GET calls": self._calls,
            "GET faults": lambda call: [fault.as_json() for fault in self.faults.orders],
            "POST faults": lambda call: self.faults.add(Fault.from_json(call.fields)).as_json(),
            "DELETE faults": lambda call: self.faults.remove(call.integer("id") or None),
            "POST redeliver": self._redeliver,
            "POST options": self._options,
            "GET statistics": lambda call: self.world.statistics(),
            "POST bulk": self._bulk,
        }
        self._personal: dict[str, Callable[[Call, Chat], Result]] = {
            "GET chat": self._chat,
            "POST send": self._send,
            "POST files": self._files,
            "POST odd": self._odd,
            "POST tap": self._tap,
            "POST block": self._block,
            "GET toasts": lambda call, chat: list(chat.toasts),
            "GET commands": self._commands,
        }
        self._waiting: dict[str, Callable[[Call, Chat], Awaitable[Json]]] = {
            "GET wait": self._wait,
            "GET settle": self._settle,
        }

    async def handle(self, request: web.BaseRequest, path: str) -> web.StreamResponse:
        """Answer a request under /sandbox/: JSON, a file, or the stream of events."""
        origin = request.headers.get("Origin")
        if origin and urlsplit(origin).netloc != request.host:
            return _json({"error": "foreign origin"}, 403)
        parts = path.split("/")[2:]
        if parts[0] == "events":
            return await stream(request, self.world, self._stopping)
        if parts[0] == "files" and len(parts) >= 2:
            return self._file(parts[1])
        try:
            return _json(await self._answer(request, parts))
        except LookupError as error:
            return _json({"error": str(error)}, 404)
        except RefusedError as error:
            return _json({"error": error.description}, 404 if "not found" in error.description else 400)
        except (ValueError, TypeError) as error:
            return _json({"error": str(error)}, 400)

    async def _answer(self, request: web.BaseRequest, parts: list[str]) -> Result:
        fields, uploads = await _read(request)
        bot_id = fields.pop("bot", None)
        bot = self.world.bot(int(bot_id) if bot_id else None)
        call = Call(parts[-1], bot, fields, uploads)
        if parts[0] == "people" and len(parts) == 3:
            chat = bot.chat(int(parts[1]))
            verb = f"{request.method} {parts[2]}"
            if verb in self._waiting:
                return await self._waiting[verb](call, chat)
            return self._personal[verb](call, chat)
        return self._general[f"{request.method} {'/'.join(parts)}"](call)

    def _file(self, file_id: str) -> web.Response:
        try:
            file = self.world.files.get(file_id)
        except RefusedError:
            return _json({"error": "no such file"}, 404)
        shown = "inline" if _SHOWN_INLINE.match(file.mime) else "attachment"
        return web.Response(
            body=file.data,
            content_type=file.mime if shown == "inline" else "application/octet-stream",
            headers={
                "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(file.name)}",
                "X-Content-Type-Options": "nosniff",
                "Cache-Control": "private, max-age=86400",
            },
        )

    def _people(self, call: Call) -> Result:
        views = []
        for person_id in self.world.people:
            chat = call.bot.chat(person_id)
            view = chat_view(chat, messages=False)
            shown = [message for message in chat.messages.values() if not message.deleted]
            view["last"] = message_view(shown[-1]) if shown else None
            views.append(view)
        return views

    def _add_person(self, call: Call) -> Result:
        person = self.world.add_person(call.fields)
        return chat_view(call.bot.chat(person.id), messages=False)

    def _bot(self, call: Call) -> Result:
        bot = call.bot
        descriptions = {code or "-": text for (name, code), text in bot.profile.items() if name == "description"}
        return {"id": bot.id, "name": bot.user["first_name"], "username": bot.user["username"],
                "descriptions": descriptions}  # fmt: skip

    def _calls(self, call: Call) -> Result:
        after, method, chat_id = call.integer("after"), call.text("method").lower(), call.integer("chat_id")
        return [
            entry
            for entry in self.world.calls
            if entry["n"] > after
            and (not method or entry["method"].lower() == method)
            and (not chat_id or entry["chat_id"] == chat_id)
        ]

    def _redeliver(self, call: Call) -> Result:
        bot = call.bot
        if bot.last_update is None:
            raise LookupError("no update yet")
        bot.again.append(bot.last_update)
        bot.wake()
        return {"update_id": bot.last_update["update_id"]}

    def _options(self, call: Call) -> Result:
        world, given = self.world, call.fields
        if "clock_offset" in given:
            world.clock_offset = float(given["clock_offset"])
        if "query_lifetime" in given:
            world.query_lifetime = float(given["query_lifetime"])
        if "log_calls" in given:
            world.log_calls = call.flag("log_calls")
        if "flood_limits" in given:
            self.flood = FloodLimits(call.integer("flood_burst", 3)) if call.flag("flood_limits") else None
        return {"clock_offset": world.clock_offset, "query_lifetime": world.query_lifetime,
                "log_calls": world.log_calls, "flood_limits": self.flood is not None}  # fmt: skip

    def _bulk(self, call: Call) -> Result:
        """Many deeds of people in one request, for benchmarks."""
        done = 0
        for deed in call.fields.get("deeds", ()):
            chat = call.bot.chat(int(deed["person"]))
            one = Call("bulk", call.bot, deed)
            if "text" in deed:
                self._send(one, chat)
            else:
                self._tap(one, chat)
            done += 1
        return {"done": done}

    def _chat(self, call: Call, chat: Chat) -> Result:
        return {**chat_view(chat), "commands": self._commands(call, chat)}

    def _commands(self, call: Call, chat: Chat) -> list[Json]:
        return commands_for(call.bot, chat.person.id, chat.person.language_code)

    def _send(self, call: Call, chat: Chat) -> Result:
        # As the real app: the outer white space goes, and an empty message can't be sent.
        text = call.text("text").strip()
        if not text:
            raise ValueError("text is empty")
        reply = people.reply_part(chat, call.integer("reply_to"))
        sent: Json = {}
        for part in people.parts_of(text):
            sent = people.say(call.bot, chat, {"text": part, **reply})
        return {"message_id": sent["message_id"]}

    def _files(self, call: Call, chat: Chat) -> Result:
        as_photo = call.text("as") == "photo"
        uploads = list(call.uploads.values())
        sent = people.send_files(call.bot, chat, uploads, call.text("caption").strip(), as_photo=as_photo)
        return {"message_ids": [data["message_id"] for data in sent]}

    def _odd(self, call: Call, chat: Chat) -> Result:
        return {"message_id": people.send_odd(call.bot, chat, call.text("kind"), call.fields)["message_id"]}

    def _tap(self, call: Call, chat: Chat) -> Result:
        data, text, message_id = call.text("data"), call.text("text"), call.integer("message_id")
        if call.flag("forged"):
            return people.tap(call.bot, chat, message_id, data, forged=True)
        try:
            message_id, button = people.find_button(chat, text=text, data=data, message_id=message_id)
        except people.CannotDoError:
            return self._press_reply_key(call, chat, text)
        if "callback_data" not in button:
            return {"button": button, "message_id": message_id}
        return people.tap(call.bot, chat, message_id, button["callback_data"])

    def _press_reply_key(self, call: Call, chat: Chat, text: str) -> Json:
        keys = [key for row in (chat.keyboard or {}).get("keyboard", ()) for key in row]
        key = next((key for key in keys if text and key["text"] == text), None)
        if key is None:
            raise people.CannotDoError(f"no button {text or call.text('data')!r}")
        if key.get("request_contact"):
            data = people.send_odd(call.bot, chat, "contact", {})
        elif key.get("request_location"):
            data = people.send_odd(call.bot, chat, "location", {})
        else:
            data = people.say(call.bot, chat, {"text": text})
        return {"message_id": data["message_id"]}

    def _block(self, call: Call, chat: Chat) -> Result:
        people.set_blocked(call.bot, chat, blocked=call.flag("blocked"))
        return {"blocked": chat.blocked}

    async def _wait(self, call: Call, chat: Chat) -> Json:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + min(float(call.text("timeout") or 5), _LONGEST_WAIT)
        after = call.integer("after")
        while chat.revision <= after and (rest := deadline - loop.time()) > 0:
            await chat.wait(rest)
        return {"revision": chat.revision}

    async def _settle(self, call: Call, chat: Chat) -> Json:
        seconds = min(float(call.text("timeout") or 5), _LONGEST_WAIT)
        quiet = float(call.text("quiet") or 0.04)
        missing = await settle(chat, seconds, quiet, need_change=not call.flag("answer_is_enough"))
        return {"settled": not missing, "missing": missing}


async def _read(request: web.BaseRequest) -> tuple[Json, dict[str, Any]]:
    if request.content_type == "application/json" and request.body_exists:
        value = json.loads(await request.content.read())
        return {**request.query, **value}, {}
    return await read_call(request)


def _json(value: Result, status: int = 200) -> web.Response:
    return web.Response(body=json.dumps(value).encode(), status=status, content_type="application/json")


def bot_of(world: World, token: str) -> BotState:
    """The bot a token belongs to."""
    return world.bot(int(token.partition(":")[0]))
