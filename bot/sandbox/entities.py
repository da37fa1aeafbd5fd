"""Entities that Telegram finds by itself, and the text-with-markup fields of a call."""

import re
from typing import Any

from bot.sandbox.html import parse_html, trimmed, utf16_length
from bot.sandbox.refusals import Json, bad_request

_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>«»\"]+[^\s<>«»\".,;:!?)\]'])"
    r"|(?P<email>[A-Za-z0-9._+-]+@[A-Za-z0-9-]+\.[A-Za-z.]{2,})"
    r"|(?<![\w/])(?P<bot_command>/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{5,32})?)(?![\w/])"
    r"|(?<![\w@])(?P<mention>@[A-Za-z][A-Za-z0-9_]{3,31})\b"
    r"|(?<![\w#])(?P<hashtag>#\w*[^\W\d]\w*)"
)
_HINT = re.compile(r"[/@#]")
_KEEPS_PLAIN = {"code", "pre", "text_link", "text_mention", "custom_emoji", "url"}


def with_found(text: str, entities: list[Json]) -> list[Json]:
    """Add links, commands, mentions and hashtags where no other link or code stands."""
    if _HINT.search(text) is None:
        return entities
    taken = [(item["offset"], item["offset"] + item["length"]) for item in entities if item["type"] in _KEEPS_PLAIN]
    result = list(entities)
    for found in _FOUND.finditer(text):
        begin = utf16_length(text[: found.start()])
        end = begin + utf16_length(found[0])
        if found.lastgroup and not any(begin < stop and end > start for start, stop in taken):
            result.append({"type": found.lastgroup, "offset": begin, "length": end - begin})
    if len(result) > len(entities):
        result.sort(key=lambda item: (item["offset"], -item["length"]))
    return result


def formatted(text: str, parse_mode: str, entities: Any) -> tuple[str, list[Json]]:
    """Read a text field with its parse mode or explicit entities.

    :raises RefusedError: for markup that Telegram can't parse or a mode the stand-in doesn't know.
    """
    mode = parse_mode.lower()
    if mode == "html":
        text, found = parse_html(text)
    elif mode:
        raise bad_request("unsupported parse_mode")
    elif isinstance(entities, list):
        found = [dict(item) for item in entities]
    else:
        found = []
    text, found = trimmed(text, found)
    return text, with_found(text, found)
