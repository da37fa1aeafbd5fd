"""What people do: write, send files, tap, block; each becomes an update for the bot."""

import secrets
from typing import Any

from bot.sandbox.calls import Upload
from bot.sandbox.entities import with_found
from bot.sandbox.images import image_size
from bot.sandbox.refusals import Json
from bot.sandbox.state import BotState, Chat, Query, Stimulus, Stored

ALBUM_MOST = 10
TEXT_LIMIT = 4096
ODD_KINDS = ("sticker", "voice", "video_note", "video", "audio", "animation", "forward", "contact", "location", "dice",
             "poll", "edited")  # fmt: skip


class CannotDoError(ValueError):
    """A person can't do this: no such message or button."""


def say(bot: BotState, chat: Chat, content: Json, *, silent: bool = False) -> Json:
    """Put a person's message into the chat and tell the bot. Writing lifts a block, as the app asks for first."""
    text = content.get("text", "")
    if chat.blocked:
        set_blocked(bot, chat, blocked=False)
    if not chat.started:
        chat.started = True
        bot.world.remember_start(chat.person.id)
    data: Json = {
        "message_id": bot.message_id(),
        "from": chat.person.user,
        "chat": chat.person.chat,
        "date": int(bot.world.now()),
        **content,
    }
    if text:
        entities = with_found(text, [])
        if entities:
            data["entities"] = entities
    if chat.keyboard is not None and chat.keyboard.get("one_time_keyboard"):
        chat.keyboard = None
    message = Stored(data, outgoing=False)
    chat.keep(message)
    _expect(bot, chat, "message", data, Stimulus(0, "silent" if silent else "message"))
    chat.touch()
    bot.world.tell("message", {"chat": chat, "message": message, "bot": bot})
    return data


def parts_of(text: str) -> list[str]:
    """A text as the app sends it: a long one goes as several messages."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * TEXT_LIMIT:
        return [text]
    parts, start = [], 0
    while start < len(units):
        end = min(start + 2 * TEXT_LIMIT, len(units))
        # A pair of surrogates is one character and stays together.
        if end < len(units) and 0xDC <= units[end + 1] < 0xE0:
            end -= 2
        parts.append(units[start:end].decode("utf-16-le").strip())
        start = end
    return [part for part in parts if part]


def reply_part(chat: Chat, message_id: int) -> Json:
    """The quoted message of a reply, if it is still there."""
    target = chat.messages.get(message_id)
    if target is None or target.deleted:
        return {}
    return {"reply_to_message": {key: value for key, value in target.data.items() if key != "reply_to_message"}}


def send_files(bot: BotState, chat: Chat, uploads: list[Upload], caption: str, *, as_photo: bool) -> list[Json]:
    """Send files; several become albums of at most ten, pictures and documents apart."""
    store = bot.world.files
    contents: dict[str, list[Json]] = {"photo": [], "document": []}
    for upload in uploads:
        picture = as_photo and image_size(upload.data) is not None
        file = store.add(upload.name, upload.data, "image/jpeg" if picture else upload.mime, photo=picture)
        if picture:
            contents["photo"].append({"photo": store.photo_sizes(file)})
        else:
            contents["document"].append({"document": file.as_document()})
    sent: list[Json] = []
    for group in contents.values():
        for start in range(0, len(group), ALBUM_MOST):
            album = group[start : start + ALBUM_MOST]
            extra = {"media_group_id": str(13_000_000_000 + bot.next_message_id)} if len(album) > 1 else {}
            for number, content in enumerate(album, 1):
                # Telegram keeps an album's caption on its first item.
                texts = {"caption": caption} if caption and not sent else {}
                last = number == len(album)
                sent.append(say(bot, chat, content | texts | extra, silent=not last))
    return sent


def tap(bot: BotState, chat: Chat, message_id: int, data: str, *, forged: bool = False) -> Json:
    """Press a callback button. A forged tap sends any data on any message, even one that is gone.

    :raises CannotDoError: when an honest tap finds no such button.
    """
    message = chat.messages.get(message_id)
    seen = message is not None and not message.deleted
    if not forged:
        if message is None or message.deleted:
            raise CannotDoError(f"no message {message_id} in the chat")
        if data not in (button.get("callback_data") for button in buttons_of(message)):
            raise CannotDoError(f"message {message_id} has no button with data {data!r}")
    query_id = str(secrets.randbits(62))
    shown: Json = {"chat": chat.person.chat, "message_id": message_id, "date": 0}
    if seen and message is not None:
        shown = message.data
    content: Json = {
        "id": query_id,
        "from": chat.person.user,
        "message": shown,
        "chat_instance": str(chat.person.id * 7919),
        "data": data,
    }
    stimulus = Stimulus(0, "callback")
    bot.remember(query_id, Query(chat, bot.world.now(), stimulus, message_id))
    _expect(bot, chat, "callback_query", content, stimulus)
    chat.wake()
    return {"query_id": query_id, "message_id": message_id}


def buttons_of(message: Stored) -> list[Json]:
    """All inline buttons of a message, in reading order."""
    rows = message.data.get("reply_markup", {}).get("inline_keyboard", ())
    return [button for row in rows for button in row]


def find_button(chat: Chat, *, text: str = "", data: str = "", message_id: int = 0) -> tuple[int, Json]:
    """The newest button with this text or data, exact text before a part of it.

    :raises CannotDoError: when no shown message has it.
    """
    shown = [item for number, item in chat.messages.items() if not item.deleted and message_id in (0, number)]
    for exact in (True, False):
        for message in reversed(shown):
            for button in buttons_of(message):
                label = button["text"]
                if (data and button.get("callback_data") == data) or (
                    text and (label == text if exact else text.casefold() in label.casefold())
                ):
                    return message.data["message_id"], button
    raise CannotDoError(f"no button {text or data!r}" + (f" at message {message_id}" if message_id else ""))


def set_blocked(bot: BotState, chat: Chat, *, blocked: bool) -> None:
    """Block or unblock the bot; it hears of it as `my_chat_member`."""
    if chat.blocked == blocked:
        return
    chat.blocked = blocked
    states = ("member", "kicked") if blocked else ("kicked", "member")
    old: Json = {"user": bot.user, "status": states[0]}
    new: Json = {"user": bot.user, "status": states[1]}
    (new if blocked else old)["until_date"] = 0
    content = {
        "chat": chat.person.chat,
        "from": chat.person.user,
        "date": int(bot.world.now()),
        "old_chat_member": old,
        "new_chat_member": new,
    }
    _expect(bot, chat, "my_chat_member", content, Stimulus(0, "silent"))
    chat.touch()
    bot.world.tell("chat", {"chat": chat})


def send_odd(bot: BotState, chat: Chat, kind: str, entry: Json) -> Json:
    """Send what a dialog seldom expects. :raises CannotDoError: for an unknown kind or message."""
    if kind == "edited":
        return _edit(bot, chat, int(entry.get("message_id", 0)), str(entry.get("text", "")))
    if kind not in ODD_KINDS:
        raise CannotDoError(f"kind must be one of {', '.join(ODD_KINDS)}")
    return say(bot, chat, _odd(bot, chat, kind, entry))


def _edit(bot: BotState, chat: Chat, message_id: int, text: str) -> Json:
    message = chat.messages.get(message_id)
    if message is None or message.outgoing or "text" not in message.data:
        raise CannotDoError(f"message {message_id} is no text of this person")
    data = {**message.data, "text": text, "edit_date": int(bot.world.now())}
    data.pop("entities", None)
    message.data = data
    _expect(bot, chat, "edited_message", data, Stimulus(0, "silent"))
    chat.touch()
    bot.world.tell("message", {"chat": chat, "message": message, "bot": bot})
    return data


def _odd(bot: BotState, chat: Chat, kind: str, entry: Json) -> Json:
    person = chat.person
    if kind == "contact":
        own = {"user_id": person.id} if entry.get("own", True) else {}
        names = {"first_name": str(entry.get("first_name") or person.first_name)}
        return {"contact": {"phone_number": str(entry.get("phone") or person.phone), **names, **own}}
    if kind == "location":
        latitude, longitude = float(entry.get("latitude", 55.16)), float(entry.get("longitude", 61.4))
        return {"location": {"latitude": latitude, "longitude": longitude}}
    if kind == "dice":
        return {"dice": {"emoji": "\U0001f3b2", "value": 4}}
    if kind == "forward":
        origin = {"type": "hidden_user", "date": int(bot.world.now()), "sender_user_name": "?"}
        return {"forward_origin": origin, "text": str(entry.get("text") or "?")}
    if kind == "poll":
        options = [{"text": text, "voter_count": 0, "persistent_id": text} for text in ("1", "2")]
        return {"poll": {
            "id": str(secrets.randbits(60)), "question": "?", "options": options, "total_voter_count": 0,
            "is_closed": False, "is_anonymous": True, "type": "regular", "allows_multiple_answers": False,
            "allows_revoting": False, "members_only": False,
        }}  # fmt: skip
    return _recorded(bot, kind)


def _recorded(bot: BotState, kind: str) -> Json:
    file = bot.world.files.add(f"{kind}.bin", b"\x00" * 512)
    common: Json = {"file_id": file.file_id, "file_unique_id": file.unique_id, "file_size": len(file.data)}
    shapes: dict[str, Json] = {
        "sticker": {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False,
                    "emoji": "\U0001f44d"},
        "voice": {"duration": 3, "mime_type": "audio/ogg"},
        "audio": {"duration": 60, "mime_type": "audio/mpeg"},
        "video_note": {"length": 240, "duration": 5},
        "video": {"width": 640, "height": 360, "duration": 5, "mime_type": "video/mp4"},
        "animation": {"width": 320, "height": 240, "duration": 2, "mime_type": "video/mp4"},
    }  # fmt: skip
    return {kind: common | shapes[kind]}


def _expect(bot: BotState, chat: Chat, kind: str, content: Any, stimulus: Stimulus) -> None:
    if bot.push(kind, content, stimulus) is not None:
        while chat.open and chat.open[0].confirmed and chat.open[0].changed:
            chat.open.popleft()
        chat.open.append(stimulus)
