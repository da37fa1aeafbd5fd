"""Reply markup: checked as Telegram checks it and cut down to what it echoes back."""

import json
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.refusals import BUTTON_DATA_INVALID, Json, bad_request

_ACTIONS = ("callback_data", "url", "copy_text", "web_app", "login_url", "switch_inline_query",
            "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "callback_game", "pay")  # fmt: skip
_STYLES = ("primary", "success", "danger")
_MOST_BUTTONS = 100


def checked_markup(value: Any) -> Json | None:
    """Read and check `reply_markup`; None when there is none.

    :raises RefusedError: with Telegram's words for a broken markup.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise bad_request("can't parse reply keyboard markup JSON object") from None
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in value:
        rows = _rows(value["inline_keyboard"], "inline keyboard")
        checked = [row for row in ([_inline(button) for button in row] for row in rows) if row]
        if sum(map(len, checked)) > _MOST_BUTTONS:
            raise bad_request("reply markup is too long")
        return {"inline_keyboard": checked}
    if "keyboard" in value:
        rows = _rows(value["keyboard"], "keyboard")
        value["keyboard"] = [[_plain(button) for button in row] for row in rows]
        if not any(value["keyboard"]):
            raise bad_request("reply keyboard is empty")
        return value
    if value.get("remove_keyboard") or value.get("force_reply"):
        return value
    return None


def _rows(value: Any, name: str) -> list[list[Any]]:
    if not isinstance(value, list):
        raise bad_request(f'field "{name.replace(" ", "_")}" of the ReplyMarkup must be an Array')
    for row in value:
        if not isinstance(row, list):
            raise bad_request(f"can't parse {name} button: Rows must be Arrays")
    return value


def _inline(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text = str(button.get("text") or "")
    if not text.strip():
        raise bad_request("inline keyboard button text must be non-empty")
    result: Json = {"text": text}
    action = next((name for name in _ACTIONS if button.get(name) is not None), None)
    if action is None:
        raise bad_request("text buttons are unallowed in the inline keyboard")
    result[action] = button[action]
    if action == "callback_data" and not 1 <= len(str(button[action]).encode()) <= 64:
        raise bad_request(BUTTON_DATA_INVALID)
    if action == "url":
        result["url"] = _url(str(button["url"]))
    if action == "copy_text":
        copied = button["copy_text"].get("text", "") if isinstance(button["copy_text"], dict) else ""
        if not 1 <= len(copied) <= 256:
            raise bad_request("BUTTON_COPY_TEXT_INVALID")
    _style(button, result)
    return result


def _plain(button: Any) -> Json:
    result: Json = {"text": button} if isinstance(button, str) else dict(button or {})
    if not str(result.get("text") or "").strip():
        raise bad_request("keyboard button text must be non-empty")
    _style(result, result)
    return result


def _style(button: Json, result: Json) -> None:
    style = button.get("style")
    if style:
        if style not in _STYLES:
            raise bad_request(f"invalid button style specified: {style}")
        result["style"] = style


def _url(url: str) -> str:
    """A bare host gets http; a host without a dot (localhost) is refused, as Telegram refuses it."""
    if url.startswith(("tg://", "ton://")):
        return url
    whole = url if "://" in url else f"http://{url}"
    try:
        parts = urlsplit(whole)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host, parts = "", urlsplit("")
    if parts.scheme not in ("http", "https"):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")
    if "." not in host.strip(".") or " " in url:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    return whole
