"""Texts, chat actions, copies and forwards."""

from bot.sandbox.api.outgoing import call_caption, markup_of, post, reply_target, text_of
from bot.sandbox.api.registry import method
from bot.sandbox.calls import Call
from bot.sandbox.refusals import Json, bad_request
from bot.sandbox.state import Stored

_ACTIONS = {
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
    "choose_sticker", "find_location", "record_video_note", "upload_video_note",
}  # fmt: skip
_NOT_COPIED = {"message_id", "from", "chat", "date", "edit_date", "reply_markup", "reply_to_message", "forward_origin",
               "media_group_id"}  # fmt: skip


@method("sendMessage")
async def send_message(call: Call) -> Json:
    """A text message."""
    chat = call.chat()
    content = text_of(call)
    return post(call, chat, content, markup_of(call), reply_target(call, chat))


@method("sendChatAction")
async def send_chat_action(call: Call) -> bool:
    """Shows «typing…» until the next message or for five seconds."""
    chat = call.chat()
    action = call.text("action")
    if action not in _ACTIONS:
        raise bad_request("wrong parameter action in request")
    world = call.bot.world
    chat.act(action)
    world.tell("action", {"chat": chat, "action": action})
    return True


@method("copyMessage")
async def copy_message(call: Call) -> Json:
    """The same content anew, without its author."""
    source = _source(call, "message to copy not found")
    content = {key: value for key, value in source.data.items() if key not in _NOT_COPIED}
    if "caption" in call.fields:
        for key in ("caption", "caption_entities"):
            content.pop(key, None)
        content |= call_caption(call)
    chat = call.chat()
    return {"message_id": post(call, chat, content, markup_of(call), reply_target(call, chat))["message_id"]}


@method("forwardMessage")
async def forward_message(call: Call) -> Json:
    """The same content with its author shown."""
    source = _source(call, "message to forward not found")
    content = {key: value for key, value in source.data.items() if key not in _NOT_COPIED}
    origin = {"type": "user", "date": source.data["date"], "sender_user": source.data["from"]}
    return post(call, call.chat(), {"forward_origin": origin, **content}, None)


def _source(call: Call, words: str) -> Stored:
    chat = call.bot.chat(call.chat_id("from_chat_id"))
    source = chat.messages.get(call.integer("message_id"))
    if source is None or source.deleted:
        raise bad_request(words)
    return source
