"""A raw update as it is kept: whose turn it belongs to, nothing in it that is nobody's business."""

import json
import zlib
from typing import Any

from db.inbox.queries import Received
from db.texts import clean

ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
TEXTS = ("text", "caption")
CUT = ("first_name", "last_name", "username")
UNSEEN = " "
"""Stands for a text in which nobody sees anything: it was said, so it is answered."""
NUMBERS = 2**53
"""Updates are numbered below this; what has no number of its own gets one above, the same each time it comes."""


def received(raw: Any) -> Received:
    """Strips names from a raw update, cleans its texts and finds its chat.

    Nothing personal is stored before consent, and the bot needs no names. Whatever came is kept: what is no update is
    set aside when its turn comes.
    """
    try:
        event = _event(raw)
        event.update({name: clean(event[name]) or UNSEEN for name in TEXTS if isinstance(event.get(name), str)})
        for holder in _holders(raw):
            for name in CUT:
                if name in holder:
                    holder[name] = ""
        payload = _storable(raw)
    except RecursionError:  # nested beyond anything a messenger makes
        payload = "null"
    number = number_of(raw)
    if number is None:
        number = NUMBERS + zlib.crc32(payload.encode())
    return Received(number, _chat_of(raw) or number, payload)


def number_of(raw: Any) -> int | None:
    """Returns an update's own number, by which it is acknowledged; none where it has no sound one."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number if type(number) is int and 0 < number < NUMBERS else None


def private_chat(raw: Any) -> int | None:
    """Returns the chat of two that an update came from: only there may anything be said of it."""
    event = _event(raw)
    chat = _part(event, "chat") or _part(_part(event, "message"), "chat")
    return _id(chat) if chat.get("type") == "private" else None


def _chat_of(raw: Any) -> int | None:
    event = _event(raw)
    found = (_part(event, "chat"), _part(_part(event, "message"), "chat"), _part(event, "from"))
    return next((number for number in map(_id, found) if number is not None), None)


def _event(raw: Any) -> dict[str, Any]:
    return _part(raw, next((kind for kind in ALLOWED if kind in raw), "")) if isinstance(raw, dict) else {}


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


def _id(holder: dict[str, Any]) -> int | None:
    number = holder.get("id")
    return number if type(number) is int and 0 < abs(number) < 2**63 else None


def _storable(raw: dict[str, Any]) -> str:
    """The update as JSON that both databases take: halves of a surrogate pair and zero characters are left out."""
    text = json.dumps(raw, ensure_ascii=False)
    if "\\u0000" in text:
        text = json.dumps(_without_zeros(raw), ensure_ascii=False)
    return text.encode(errors="replace").decode()


def _without_zeros(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [_without_zeros(item) for item in value]
    return {key: _without_zeros(item) for key, item in value.items()} if isinstance(value, dict) else value


def _holders(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, list):
        return [holder for item in value for holder in _holders(item)]
    if not isinstance(value, dict):
        return []
    inside = [holder for item in value.values() if isinstance(item, dict | list) for holder in _holders(item)]
    return [value, *inside] if "id" in value else inside
