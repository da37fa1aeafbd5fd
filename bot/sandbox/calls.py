"""One Bot API call: its fields however they were encoded, and readers that refuse as Telegram does."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, MultipartReader, web

from bot.sandbox.files import UPLOAD_LIMIT
from bot.sandbox.refusals import RefusedError, bad_request
from bot.sandbox.state import BotState, Chat

_FORM_SLACK = 1024 * 1024


@dataclass(slots=True)
class Upload:
    """A file part of a call."""

    name: str
    mime: str
    data: bytes


@dataclass(slots=True)
class Call:
    """The method, its fields and files, and the bot that calls."""

    method: str
    bot: BotState
    fields: dict[str, Any]
    uploads: dict[str, Upload] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A string field, empty when absent."""
        value = self.fields.get(name)
        return "" if value is None else str(value)

    def integer(self, name: str, default: int = 0) -> int:
        """A whole-number field, the default when absent or no number."""
        try:
            return int(self.fields.get(name, default))
        except (TypeError, ValueError):
            return default

    def flag(self, name: str) -> bool:
        """A boolean field in any of Telegram's spellings."""
        return str(self.fields.get(name, "")).lower() in ("true", "1", "yes", "y", "t")

    def struct(self, name: str) -> Any:
        """A field holding JSON; None when absent. :raises RefusedError: when it is broken."""
        value = self.fields.get(name)
        if not isinstance(value, str):
            return value
        if not value:
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name} JSON object") from None

    def chat_id(self, name: str = "chat_id") -> int:
        """The chat's number. :raises RefusedError: when empty or not a number of a person."""
        value = self.text(name)
        if not value:
            raise bad_request("chat_id is empty")
        try:
            return int(value)
        except ValueError:
            raise bad_request("chat not found") from None

    def chat(self) -> Chat:
        """The chat the bot may write to now. :raises RefusedError: otherwise."""
        return self.bot.writable(self.chat_id())


async def read_call(request: web.BaseRequest) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Read the query and the body.

    :raises RefusedError: 413 over 50 MB, 400 for broken JSON.
    """
    fields: dict[str, Any] = dict(request.query) if request.query_string else {}
    if not request.body_exists:
        return fields, {}
    if request.content_length is not None and request.content_length > UPLOAD_LIMIT + _FORM_SLACK:
        raise RefusedError(413, "Request Entity Too Large")
    kind = request.content_type
    if kind.startswith("multipart/"):
        more, uploads = await read_multipart(MultipartReader(request.headers, request.content))
        return fields | more, uploads
    body = await _limited(request)
    if kind == "application/json":
        try:
            value = json.loads(body) if body else {}
        except ValueError:
            raise bad_request("can't parse JSON object") from None
        if not isinstance(value, dict):
            raise bad_request("request must be a JSON object")
        return fields | value, {}
    fields.update(parse_qsl(body.decode(), keep_blank_values=True))
    return fields, {}


async def _limited(request: web.BaseRequest) -> bytes:
    chunks = []
    size = 0
    async for chunk in request.content.iter_any():
        size += len(chunk)
        if size > UPLOAD_LIMIT + _FORM_SLACK:
            raise RefusedError(413, "Request Entity Too Large")
        chunks.append(chunk)
    return b"".join(chunks)


async def read_multipart(reader: MultipartReader) -> tuple[dict[str, Any], dict[str, Upload]]:
    """Split a form into plain fields and files. :raises RefusedError: 413 over 50 MB."""
    fields: dict[str, Any] = {}
    uploads: dict[str, Upload] = {}
    total = 0
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader):
            continue
        chunks = []
        while chunk := await part.read_chunk(256 * 1024):
            total += len(chunk)
            if total > UPLOAD_LIMIT + _FORM_SLACK:
                raise RefusedError(413, "Request Entity Too Large")
            chunks.append(chunk)
        data = b"".join(chunks)
        name = part.name or ""
        if part.filename is None:
            fields[name] = data.decode("utf-8", "replace")
        else:
            if len(data) > UPLOAD_LIMIT:
                raise RefusedError(413, "Request Entity Too Large")
            uploads[name] = Upload(part.filename, part.headers.get("Content-Type", ""), data)
    return fields, uploads
