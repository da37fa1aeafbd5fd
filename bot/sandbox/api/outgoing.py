"""A message on its way from the bot into a chat."""

import json
from typing import Any

from bot.sandbox.calls import Call
from bot.sandbox.entities import formatted
from bot.sandbox.html import utf16_length
from bot.sandbox.keyboards import checked_markup
from bot.sandbox.refusals import (
    CAPTION_TOO_LONG,
    MESSAGE_EMPTY,
    MESSAGE_TOO_LONG,
    REPLY_NOT_FOUND,
    Json,
    bad_request,
)
from bot.sandbox.state import Chat, Stored

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024


def text_of(call: Call, too_long: str = MESSAGE_TOO_LONG) -> Json:
    """The checked text and its entities. :raises RefusedError: empty, too long or broken markup."""
    text, entities = formatted(call.text("text"), call.text("parse_mode"), call.struct("entities"))
    if not text:
        raise bad_request(MESSAGE_EMPTY)
    if utf16_length(text) > TEXT_LIMIT:
        raise bad_request(too_long)
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption_of(caption: Any, parse_mode: Any, entities: Any) -> Json:
    """The checked caption and its entities. :raises RefusedError: too long or broken markup."""
    if not caption:
        return {}
    text, found = formatted(str(caption), str(parse_mode or ""), entities)
    if utf16_length(text) > CAPTION_LIMIT:
        raise bad_request(CAPTION_TOO_LONG)
    if not text:
        return {}
    return {"caption": text, "caption_entities": found} if found else {"caption": text}


def call_caption(call: Call) -> Json:
    """The caption in the fields of a call."""
    return caption_of(call.text("caption"), call.text("parse_mode"), call.struct("caption_entities"))


def reply_target(call: Call, chat: Chat) -> Json:
    """The `reply_to_message` part. :raises RefusedError: when the message isn't there."""
    parameters = call.struct("reply_parameters") or {}
    message_id = int(parameters.get("message_id") or call.integer("reply_to_message_id"))
    if not message_id:
        return {}
    target = chat.messages.get(message_id)
    if target is None or target.deleted:
        if parameters.get("allow_sending_without_reply") or call.flag("allow_sending_without_reply"):
            return {}
        raise bad_request(REPLY_NOT_FOUND)
    return {"reply_to_message": {key: value for key, value in target.data.items() if key != "reply_to_message"}}


def post(call: Call, chat: Chat, content: Json, markup: Json | None, extra: Json | None = None) -> Json:
    """Put a checked message into the chat and return it as the bot gets it."""
    bot = call.bot
    data: Json = {
        "message_id": bot.message_id(),
        "from": bot.user,
        "chat": chat.person.chat,
        "date": int(bot.world.now()),
        **(extra or {}),
        **content,
    }
    editable = True
    if markup is not None:
        if "inline_keyboard" in markup:
            if markup["inline_keyboard"]:
                data["reply_markup"] = markup
        else:
            # Telegram lets a bot edit only messages without a markup or with an inline one.
            editable = False
            chat.keyboard = markup if "keyboard" in markup else None
    if call.flag("protect_content"):
        data["has_protected_content"] = True
    message = Stored(data, outgoing=True, editable=editable)
    chat.keep(message)
    changed(call, chat, message)
    return data


def changed(call: Call, chat: Chat, message: Stored) -> None:
    """The bot sent, edited or deleted a message: tell pages and waiting tests."""
    chat.act("")
    chat.reacted()
    chat.touch()
    if call.bot.world.listeners:
        call.bot.world.tell("message", {"chat": chat, "message": message, "bot": call.bot})


def markup_of(call: Call) -> Json | None:
    """The checked `reply_markup` of a call."""
    return checked_markup(call.fields.get("reply_markup"))


def same(left: Any, right: Any) -> bool:
    """Equal as JSON, whatever the order of keys."""
    return left == right or json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)
