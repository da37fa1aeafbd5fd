"""Messages as the chat page and tests read them: safe HTML, links to files, buttons."""

from html import escape
from urllib.parse import quote

from bot.sandbox.refusals import Json
from bot.sandbox.state import Chat, Stored

_TAGS = {
    "bold": ("<b>", "</b>"),
    "italic": ("<i>", "</i>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "spoiler": ('<span class="spoiler" role="button" tabindex="0">', "</span>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ('<blockquote class="expandable">', "</blockquote>"),
}
_ODD = ("sticker", "voice", "video_note", "video", "audio", "animation", "contact", "location", "dice", "poll")


def to_html(text: str, entities: list[Json]) -> str:
    """Text with entities as HTML; everything a person typed is escaped."""
    if not entities:
        return escape(text, quote=False)
    units = text.encode("utf-16-le")
    size = len(units) // 2
    stack: list[tuple[int, str]] = []
    out: list[str] = []
    ordered = sorted(entities, key=lambda item: (item["offset"], -item["length"]))
    points = sorted({0, size, *(item["offset"] for item in ordered),
                     *(item["offset"] + item["length"] for item in ordered)})  # fmt: skip
    for number, point in enumerate(points):
        while stack and stack[-1][0] <= point:
            out.append(stack.pop()[1])
        for item in ordered:
            end = min(item["offset"] + item["length"], stack[-1][0] if stack else size)
            if item["offset"] == point and end > point:
                start, stop = _tags(item, units)
                out.append(start)
                stack.append((end, stop))
        if number + 1 < len(points):
            out.append(escape(units[point * 2 : points[number + 1] * 2].decode("utf-16-le", "replace"), quote=False))
    out.extend(stop for _, stop in reversed(stack))
    return "".join(out)


def _tags(item: Json, units: bytes) -> tuple[str, str]:
    kind = item["type"]
    inner = units[item["offset"] * 2 : (item["offset"] + item["length"]) * 2].decode("utf-16-le", "replace")
    if kind in ("text_link", "url"):
        url = str(item.get("url") or inner)
        if url.startswith(("http://", "https://", "tg://", "mailto:", "tel:")):
            return f'<a href="{escape(url)}" target="_blank" rel="noopener noreferrer">', "</a>"
    if kind == "email":
        return f'<a href="mailto:{escape(inner)}">', "</a>"
    if kind == "bot_command":
        return f'<a href="#" class="command" data-command="{escape(inner)}">', "</a>"
    if kind in ("mention", "hashtag", "text_mention"):
        return '<span class="mention">', "</span>"
    return _TAGS.get(kind, ("", ""))


def file_link(file_id: str, name: str) -> str:
    """Where the page fetches a file."""
    return f"/sandbox/files/{file_id}/{quote(name)}"


def message_view(message: Stored) -> Json:
    """One message, flat and ready to show."""
    data = message.data
    text: str = data.get("text") or data.get("caption") or ""
    entities: list[Json] = data.get("entities") or data.get("caption_entities") or []
    view: Json = {
        "id": data["message_id"],
        "from": "bot" if message.outgoing else "person",
        "date": data["date"],
        "edited": "edit_date" in data,
        "deleted": message.deleted,
        "text": text,
        "html": to_html(text, entities),
        "entities": entities,
        "kind": "text",
        "keyboard": data.get("reply_markup", {}).get("inline_keyboard", []),
        "reactions": message.reactions,
    }
    if "photo" in data:
        size = data["photo"][-1]
        link = file_link(size["file_id"], "photo.jpg")
        view |= {"kind": "photo", "photo": {"url": link, "width": size["width"], "height": size["height"],
                                            "file_id": size["file_id"]}}  # fmt: skip
    elif "document" in data:
        document = data["document"]
        view |= {"kind": "document", "document": {
            "url": file_link(document["file_id"], document["file_name"]), "name": document["file_name"],
            "size": document["file_size"], "mime": document["mime_type"], "file_id": document["file_id"],
        }}  # fmt: skip
    else:
        odd = next((kind for kind in _ODD if kind in data), None)
        if odd:
            view |= {"kind": odd, odd: data[odd]}
    if "media_group_id" in data:
        view["album"] = data["media_group_id"]
    if "forward_origin" in data:
        view["forwarded"] = True
    if "reply_to_message" in data:
        target = data["reply_to_message"]
        quoted = target.get("text") or target.get("caption") or target.get("document", {}).get("file_name", "")
        view["reply_to"] = {"id": target["message_id"], "text": quoted[:120]}
    return view


def chat_view(chat: Chat, *, messages: bool = True) -> Json:
    """One chat as the page and tests see it."""
    person = chat.person
    view: Json = {
        "person": {
            "id": person.id, "first_name": person.first_name, "last_name": person.last_name, "name": person.name,
            "username": person.username, "about": person.about, "language_code": person.language_code,
        },
        "started": chat.started,
        "blocked": chat.blocked,
        "revision": chat.revision,
        "keyboard": chat.keyboard,
        "action": chat.action,
    }  # fmt: skip
    if messages:
        view["messages"] = [message_view(message) for message in chat.messages.values()]
        view["toasts"] = list(chat.toasts)
    return view
