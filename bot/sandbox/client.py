"""A driver for tests: what people do and see, over the stand-in's control API."""

import asyncio
from collections.abc import Callable, Sequence
from io import BytesIO
from types import TracebackType
from typing import Any

from aiohttp import ClientSession, ClientTimeout, FormData

from bot.sandbox.refusals import Json

Expected = str | Callable[["Message"], bool]
_TIMEOUT = ClientTimeout(total=150)
_SHOWN_IN_FAILURE = 12


class SandboxError(AssertionError):
    """The stand-in refused, or the bot did not react as expected; the text has the chat's transcript."""


class Message:
    """A message as a person sees it. `raw` is the whole view."""

    def __init__(self, raw: Json) -> None:
        self.raw = raw
        self.id: int = raw["id"]
        self.text: str = raw["text"]
        self.html: str = raw["html"]
        self.kind: str = raw["kind"]
        self.outgoing: bool = raw["from"] == "bot"
        self.edited: bool = raw["edited"]
        self.deleted: bool = raw["deleted"]
        self.entities: list[Json] = raw["entities"]
        self.rows: list[list[Json]] = raw["keyboard"]
        self.document: Json | None = raw.get("document")
        self.photo: Json | None = raw.get("photo")
        self.reactions: list[str] = raw["reactions"]

    @property
    def buttons(self) -> list[str]:
        """The texts of the inline buttons in reading order."""
        return [button["text"] for row in self.rows for button in row]

    @property
    def callbacks(self) -> list[str]:
        """The callback data of the inline buttons in reading order."""
        return [button["callback_data"] for row in self.rows for button in row if "callback_data" in button]

    def button(self, text: str) -> Json:
        """The button whose text is or contains `text`. :raises SandboxError: when there is none."""
        for row in self.rows:
            for button in row:
                if text.casefold() in button["text"].casefold():
                    return button
        raise SandboxError(f"no button {text!r} among {self.buttons}")

    def __str__(self) -> str:
        author = "bot" if self.outgoing else "person"
        marks = [mark for mark, on in (("edited", self.edited), ("deleted", self.deleted)) if on]
        extra = f" [{self.kind}]" if self.kind != "text" else ""
        rows = "".join(f"\n      | {' | '.join(button['text'] for button in row)}" for row in self.rows)
        return f"#{self.id} {author}{extra} {' '.join(marks)}: {self.text}{rows}"

    __repr__ = __str__


class SandboxPerson:
    """One person with the bot's chat open. Deeds return the person, so `await (await p.send("x")).settle()` works."""

    def __init__(self, client: "SandboxClient", person_id: int) -> None:
        self.client = client
        self.id = person_id

    async def send(self, text: str, *, reply_to: int = 0) -> "SandboxPerson":
        """Send a text; `/start payload` is the deep link."""
        await self._post("send", {"text": text, "reply_to": reply_to})
        return self

    async def start(self, payload: str = "") -> "SandboxPerson":
        """Press Start, or open a deep link."""
        return await self.send(f"/start {payload}".strip())

    async def send_file(self, name: str, data: bytes, caption: str | None = None, mime: str = "") -> "SandboxPerson":
        """Send a document."""
        return await self.send_album([(name, data)], caption=caption, mime=mime)

    async def send_photo(self, data: bytes, caption: str | None = None) -> "SandboxPerson":
        """Send a picture as a photo."""
        return await self.send_album([("photo.jpg", data)], caption=caption, as_photo=True)

    async def send_album(
        self,
        files: Sequence[tuple[str, bytes]],
        caption: str | None = None,
        *,
        as_photo: bool = False,
        mime: str = "",
    ) -> "SandboxPerson":
        """Send several files at once."""
        form = FormData(quote_fields=False)
        form.add_field("caption", caption or "")
        form.add_field("as", "photo" if as_photo else "document")
        for number, (name, data) in enumerate(files):
            form.add_field(
                f"file{number}", BytesIO(data), filename=name, content_type=mime or "application/octet-stream"
            )
        await self.client.request("POST", f"people/{self.id}/files", data=form, person=self)
        return self

    async def send_odd(self, kind: str, **fields: Any) -> "SandboxPerson":
        """Send a sticker, voice, video_note, forward, contact, location, dice, poll, or an `edited` text."""
        await self._post("odd", {"kind": kind, **fields})
        return self

    async def tap(self, text: str = "", *, data: str = "", message_id: int | None = None) -> Json:
        """Press a button by its text (or a part) or data, at the newest message that has it.

        Returns `query_id`, or `button` for one that only opens a link. :raises SandboxError: no such button.
        """
        return await self._post("tap", {"text": text, "data": data, "message_id": message_id or 0})

    async def forge(self, data: str, message_id: int) -> Json:
        """Tap with any data on any message, a foreign or vanished one too."""
        return await self._post("tap", {"data": data, "message_id": message_id, "forged": True})

    async def block(self, blocked: bool = True) -> "SandboxPerson":
        """Block the bot, or unblock it."""
        await self._post("block", {"blocked": blocked})
        return self

    async def settle(
        self,
        timeout: float = 90,  # noqa: ASYNC109  the server waits, and says what was missing
        *,
        quiet: float = 0.04,
        answer_is_enough: bool = False,
    ) -> "SandboxPerson":
        """Wait until the bot has taken and answered all that this person did, and is calm.

        A tap needs its callback answered and a message sent, edited or deleted (a toast with text is enough; with
        `answer_is_enough` an empty answer is too). :raises SandboxError: on time-out, with the transcript.
        """
        query = {"timeout": timeout, "quiet": quiet, "answer_is_enough": int(answer_is_enough)}
        result = await self.client.request("GET", f"people/{self.id}/settle", params=query, person=self)
        if not result["settled"]:
            raise SandboxError(f"not settled in {timeout} s: {result['missing']}\n{await self.transcript()}")
        return self

    async def chat(self) -> Json:
        """Everything about the chat: messages, reply keyboard, toasts, commands, started, blocked."""
        result: Json = await self.client.request("GET", f"people/{self.id}/chat")
        return result

    async def messages(self, *, deleted: bool = False) -> list[Message]:
        """The chat from the oldest on; deleted ones only when asked for."""
        raw = (await self.chat())["messages"]
        return [Message(item) for item in raw if deleted or not item["deleted"]]

    async def last(self, *, own: bool = False) -> Message:
        """The newest message of the bot (with `own`, of anyone). :raises SandboxError: when there is none."""
        for message in reversed(await self.messages()):
            if message.outgoing or own:
                return message
        raise SandboxError(f"person {self.id} has no message yet")

    async def toasts(self) -> list[Json]:
        """Answers to taps, oldest first: text, alert, url, message_id, query_id."""
        result: list[Json] = await self.client.request("GET", f"people/{self.id}/toasts")
        return result

    async def commands(self) -> list[Json]:
        """The bot's menu as this person sees it."""
        result: list[Json] = await self.client.request("GET", f"people/{self.id}/commands")
        return result

    async def wait_for(
        self,
        expected: Expected,
        timeout: float = 90,  # noqa: ASYNC109  fails with a transcript instead of a bare TimeoutError
    ) -> Message:
        """Wait for a message of the bot that has the text or satisfies the predicate; newest first.

        :raises SandboxError: on time-out, with the transcript.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            chat = await self.chat()
            for raw in reversed(chat["messages"]):
                message = Message(raw)
                fits = expected in message.text if isinstance(expected, str) else expected(message)
                if message.outgoing and not message.deleted and fits:
                    return message
            rest = deadline - loop.time()
            if rest <= 0:
                raise SandboxError(f"no such message in {timeout} s: {expected!r}\n{await self.transcript()}")
            query = {"after": chat["revision"], "timeout": rest}
            await self.client.request("GET", f"people/{self.id}/wait", params=query)

    async def download(self, message: Message) -> bytes:
        """The bytes of a message's document or photo. :raises SandboxError: when it has none."""
        file = message.document or message.photo
        if file is None:
            raise SandboxError(f"message has no file: {message}")
        return await self.client.download(file["url"])

    async def transcript(self) -> str:
        """The end of the chat and the bot's last calls to it, for failure texts."""
        messages = await self.messages(deleted=True)
        calls = await self.client.calls(chat_id=self.id)
        lines = [f"--- chat of {self.id}, last {_SHOWN_IN_FAILURE} of {len(messages)} messages"]
        lines += [f"    {message}" for message in messages[-_SHOWN_IN_FAILURE:]]
        toasts = [toast["text"] for toast in await self.toasts() if toast["text"]]
        lines += [f"--- toasts: {toasts[-3:]}", "--- last calls to this chat"]
        lines += [f"    {call['method']} {call['status']} {call['error']}" for call in calls[-8:]]
        return "\n".join(lines)

    async def _post(self, verb: str, body: Json) -> Json:
        result: Json = await self.client.request("POST", f"people/{self.id}/{verb}", json=body, person=self)
        return result


class SandboxClient:
    """The control API of one stand-in; use as an async context manager or call `close()`.

    With several bots at one stand-in, `bot` picks one by id; else it is the newest.
    """

    def __init__(self, url: str, *, bot: int | None = None) -> None:
        self.url = url.rstrip("/")
        self.bot = bot
        self._session: ClientSession | None = None

    async def __aenter__(self) -> "SandboxClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close connections."""
        if self._session is not None:
            await self._session.close()

    async def person(self, person_id: int, **fields: Any) -> SandboxPerson:
        """A known person, or a new one with these fields (first_name, username, language_code, about …)."""
        known = {view["person"]["id"] for view in await self.people()}
        if person_id not in known or fields:
            entry = {"id": person_id, "first_name": f"Person {person_id}", **fields}
            await self.request("POST", "people", json=entry)
        return SandboxPerson(self, person_id)

    async def people(self) -> list[Json]:
        """Everybody, with started, blocked and the last message."""
        result: list[Json] = await self.request("GET", "people")
        return result

    async def calls(self, after: int = 0, method: str = "", chat_id: int = 0) -> list[Json]:
        """The bot's calls since number `after`: n, method, params, status, error, took_ms."""
        query = {"after": after, "method": method, "chat_id": chat_id}
        result: list[Json] = await self.request("GET", "calls", params=query)
        return result

    async def fault(self, kind: str, **fields: Any) -> int:
        """Order trouble: retry_after, error, slow, drop_reply or drop_request.

        Fields: seconds, status, methods, times, percent, seed, chat_id. Returns the order's number.
        """
        result: Json = await self.request("POST", "faults", json={"kind": kind, **fields})
        return int(result["id"])

    async def clear_faults(self) -> None:
        """Lift all trouble."""
        await self.request("DELETE", "faults")

    async def redeliver(self) -> int:
        """Deliver the last update once more; returns its id."""
        result: Json = await self.request("POST", "redeliver", json={})
        return int(result["update_id"])

    async def options(self, **fields: Any) -> Json:
        """Set clock_offset, query_lifetime, log_calls, flood_limits (and flood_burst); returns those in force."""
        result: Json = await self.request("POST", "options", json=fields)
        return result

    async def statistics(self) -> Json:
        """Counts of calls, refusals, updates, faults, and updates that wait."""
        result: Json = await self.request("GET", "statistics")
        return result

    async def bulk(self, deeds: Sequence[Json]) -> int:
        """Many deeds in one request: {person, text} or {person, message_id, data, forged}."""
        result: Json = await self.request("POST", "bulk", json={"deeds": list(deeds)})
        return int(result["done"])

    async def download(self, path: str) -> bytes:
        """A file by the link in a message."""
        async with self._opened().get(self.url + path) as response:
            if response.status != 200:
                raise SandboxError(f"GET {path}: {response.status}")
            return await response.read()

    async def request(
        self, method: str, path: str, *, person: SandboxPerson | None = None, params: Json | None = None, **options: Any
    ) -> Any:
        """Any route of the control API. :raises SandboxError: when it refuses."""
        query = {key: str(value) for key, value in (params or {}).items()}
        if self.bot is not None:
            query["bot"] = str(self.bot)
        async with self._opened().request(method, f"{self.url}/sandbox/{path}", params=query, **options) as response:
            value = await response.json()
        if response.status != 200:
            shown = f"\n{await person.transcript()}" if person else ""
            raise SandboxError(f"{method} {path}: {value.get('error')}{shown}")
        return value

    def _opened(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(timeout=_TIMEOUT)
        return self._session
