"""A raw update as it is kept: whose turn it belongs to, nothing in it that is nobody's business."""

import json
from typing import Any

from db.inbox.queries import Received

ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
CUT = ("first_name", "last_name", "username")


def received(raw: dict[str, Any]) -> Received:
    """A raw update without names: nothing personal is stored before consent, and the bot needs none of them."""
    chat_key = _chat_of(raw)
    for holder in _holders(raw):
        for name in CUT:
            if name in holder:
                holder[name] = ""
    return Received(raw["update_id"], chat_key, _storable(raw))


def _chat_of(raw: dict[str, Any]) -> int:
    """Whose turn the update belongs to; one that makes no sense is a chat of its own, and set aside there."""
    event = _part(raw, next((kind for kind in ALLOWED if kind in raw), ""))
    for holder in (_part(event, "chat"), _part(_part(event, "message"), "chat"), _part(event, "from")):
        number = holder.get("id")
        if isinstance(number, int) and 0 < abs(number) < 2**63:
            return number
    return int(raw["update_id"])


def _part(whole: dict[str, Any], name: str) -> dict[str, Any]:
    part = whole.get(name)
    return part if isinstance(part, dict) else {}


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
