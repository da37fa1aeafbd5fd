"""Telegram's HTML mode: markup in, plain text and entities (UTF-16 offsets) out."""

import re
from dataclasses import dataclass
from html.entities import html5

from bot.sandbox.refusals import Json, RefusedError, bad_request

_SIMPLE = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "tg-spoiler": "spoiler",
}  # fmt: skip
_TAGS = {*_SIMPLE, "a", "span", "blockquote", "tg-emoji"}
_SPECIAL = re.compile(r"[<&]")
_ATTRIBUTE = re.compile(r"""([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?""")
_REFERENCE = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|lt|gt|amp|quot);?")
_LINK = re.compile(r"^(?:https?|tg|ton|mailto|tel):", re.IGNORECASE)
_ORDER = {"blockquote": 0, "expandable_blockquote": 0, "pre": 1}


@dataclass(slots=True)
class _Open:
    tag: str
    offset: int
    attributes: dict[str, str]
    parts: int


def utf16_length(text: str) -> int:
    """How long Telegram counts the text: astral characters count twice."""
    return len(text) + sum(character > "\uffff" for character in text) if not text.isascii() else len(text)


def parse_html(source: str) -> tuple[str, list[Json]]:
    """Turn HTML of Telegram's subset into text and entities.

    :raises RefusedError: "can't parse entities: …" for an unknown, unclosed or mismatched tag.
    """
    parts: list[str] = []
    entities: list[Json] = []
    stack: list[_Open] = []
    offset = position = 0
    while (found := _SPECIAL.search(source, position)) is not None:
        start = found.start()
        if start > position:
            parts.append(source[position:start])
            offset += utf16_length(parts[-1])
        if source[start] == "&":
            text, position = _reference(source, start)
            parts.append(text)
            offset += utf16_length(text)
        elif source.startswith("</", start):
            position = _close(source, start, stack, entities, parts, offset)
        else:
            opened, position = _open(source, start, offset, len(parts))
            stack.append(opened)
    parts.append(source[position:])
    if stack:
        raise _broken(f'Can\'t find end tag corresponding to start tag "{stack[-1].tag}"')
    entities.sort(key=lambda item: (item["offset"], -item["length"], _ORDER.get(item["type"], 2)))
    return "".join(parts), entities


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Cut the outer white space as Telegram does and keep the entities in place."""
    whole = text.replace("\r", "") if "\r" in text else text
    stripped = whole.strip()
    if stripped == text or not entities:
        return stripped, entities
    shift = utf16_length(whole[: len(whole) - len(whole.lstrip())])
    limit = utf16_length(stripped)
    kept = []
    for entity in entities:
        begin = max(entity["offset"] - shift, 0)
        end = min(entity["offset"] + entity["length"] - shift, limit)
        if end > begin:
            kept.append({**entity, "offset": begin, "length": end - begin})
    return stripped, kept


def _broken(words: str) -> RefusedError:
    return bad_request(f"can't parse entities: {words}")


def _byte(source: str, position: int) -> int:
    return len(source[:position].encode())


def _reference(source: str, start: int) -> tuple[str, int]:
    found = _REFERENCE.match(source, start)
    if found is None:
        return "&", start + 1
    name = found[1]
    if not name.startswith("#"):
        return html5[name], found.end()
    code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    usable = 0 < code < 0x110000 and not 0xD800 <= code < 0xE000
    return (chr(code), found.end()) if usable else (source[start : found.end()], found.end())


def _open(source: str, start: int, offset: int, parts: int) -> tuple[_Open, int]:
    name_end = start + 1
    while name_end < len(source) and not source[name_end].isspace() and source[name_end] != ">":
        name_end += 1
    if name_end == len(source):
        raise _broken(f"Unclosed start tag at byte offset {_byte(source, start)}")
    tag = source[start + 1 : name_end].lower()
    if tag not in _TAGS:
        raise _broken(f'Unsupported start tag "{tag}" at byte offset {_byte(source, start)}')
    attributes: dict[str, str] = {}
    position = name_end
    while position < len(source) and source[position] != ">":
        if source[position].isspace() or source[position] == "/":
            position += 1
            continue
        found = _ATTRIBUTE.match(source, position)
        if found is None:
            raise _broken(f'Empty attribute name in the tag "{tag}" at byte offset {_byte(source, start)}')
        value = next((group for group in found.groups()[1:] if group is not None), "")
        attributes[found[1].lower()] = _REFERENCE.sub(lambda match: _reference(match[0], 0)[0], value)
        position = found.end()
    if position >= len(source):
        raise _broken(f'Unclosed start tag "{tag}" at byte offset {_byte(source, start)}')
    if tag == "span" and attributes.get("class") != "tg-spoiler":
        raise _broken(f'Tag "span" must have class "tg-spoiler" at byte offset {_byte(source, start)}')
    return _Open(tag, offset, attributes, parts), position + 1


def _close(source: str, start: int, stack: list[_Open], entities: list[Json], parts: list[str], offset: int) -> int:
    if not stack:
        raise _broken(f"Unexpected end tag at byte offset {_byte(source, start)}")
    end = source.find(">", start)
    if end < 0:
        raise _broken(f"Unclosed end tag at byte offset {_byte(source, start)}")
    name = source[start + 2 : end].strip().lower()
    opened = stack.pop()
    if name and name != opened.tag:
        where = _byte(source, start)
        raise _broken(f'Unmatched end tag at byte offset {where}, expected "</{opened.tag}>", found "</{name}>"')
    if offset > opened.offset:
        entity = _entity(opened, "".join(parts[opened.parts :]))
        if entity is not None:
            _add(entities, {**entity, "offset": opened.offset, "length": offset - opened.offset})
    return end + 1


def _entity(opened: _Open, inner: str) -> Json | None:
    tag, attributes = opened.tag, opened.attributes
    if tag == "a":
        return _link(attributes.get("href") or inner)
    if tag == "tg-emoji":
        return {"type": "custom_emoji", "custom_emoji_id": attributes.get("emoji-id", "")}
    if tag == "blockquote":
        return {"type": "expandable_blockquote" if "expandable" in attributes else "blockquote"}
    if tag == "code" and attributes.get("class", "").startswith("language-"):
        return {"type": "code", "language": attributes["class"].removeprefix("language-")}
    return {"type": _SIMPLE.get(tag, "spoiler")}


def _link(target: str) -> Json | None:
    if target.startswith("tg://user?id=") and target[13:].isdigit():
        return {"type": "text_mention", "user": {"id": int(target[13:]), "is_bot": False, "first_name": ""}}
    if not _LINK.match(target):
        # Telegram guesses http for a bare domain and shows plain text for anything else.
        if "." not in target or " " in target:
            return None
        target = f"http://{target}"
    return {"type": "text_link", "url": target}


def _add(entities: list[Json], entity: Json) -> None:
    if entity["type"] == "pre":
        for inner in entities:
            same = (inner["offset"], inner["length"]) == (entity["offset"], entity["length"])
            if same and inner["type"] == "code":
                entities.remove(inner)
                entity |= {"language": inner["language"]} if "language" in inner else {}
                break
    entities.append(entity)
