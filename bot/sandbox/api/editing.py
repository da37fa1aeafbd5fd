"""Changes to messages that are there already."""

from bot.sandbox.api.media import media_content
from bot.sandbox.api.outgoing import call_caption, changed, markup_of, same, text_of
from bot.sandbox.api.registry import method
from bot.sandbox.calls import Call
from bot.sandbox.refusals import (
    CANNOT_DELETE,
    CANNOT_EDIT,
    DELETE_NOT_FOUND,
    EDIT_NOT_FOUND,
    NO_CAPTION_TO_EDIT,
    NO_TEXT_TO_EDIT,
    NOT_MODIFIED,
    Json,
    bad_request,
)
from bot.sandbox.state import Chat, Stored

_CONTENT = ("text", "entities", "caption", "caption_entities", "photo", "document", "reply_markup")
_DELETABLE_FOR = 48 * 3600


@method("editMessageText")
async def edit_message_text(call: Call) -> Json:
    """Another text."""
    chat, message = _target(call)
    content = text_of(call, too_long="MESSAGE_TOO_LONG")
    if "text" not in message.data:
        raise bad_request(NO_TEXT_TO_EDIT)
    return _apply(call, chat, message, _with_markup(call, content))


@method("editMessageCaption")
async def edit_message_caption(call: Call) -> Json:
    """Another caption under the same file."""
    chat, message = _target(call)
    media = {key: message.data[key] for key in ("photo", "document") if key in message.data}
    if not media:
        raise bad_request(NO_CAPTION_TO_EDIT)
    return _apply(call, chat, message, _with_markup(call, media | call_caption(call)))


@method("editMessageMedia")
async def edit_message_media(call: Call) -> Json:
    """Another file, or a file in place of a text."""
    chat, message = _target(call)
    item = call.struct("media")
    if not isinstance(item, dict):
        raise bad_request("can't parse InputMedia: Object expected")
    return _apply(call, chat, message, _with_markup(call, media_content(call, item)))


@method("editMessageReplyMarkup")
async def edit_message_reply_markup(call: Call) -> Json:
    """Other buttons, or none."""
    chat, message = _target(call)
    content = {key: message.data[key] for key in _CONTENT[:-1] if key in message.data}
    return _apply(call, chat, message, _with_markup(call, content))


@method("deleteMessage")
async def delete_message(call: Call) -> bool:
    """Away for both."""
    chat = call.bot.chat(call.chat_id())
    message = chat.messages.get(call.integer("message_id"))
    if message is None or message.deleted:
        raise bad_request(DELETE_NOT_FOUND)
    if call.bot.world.now() - message.data["date"] > _DELETABLE_FOR:
        raise bad_request(CANNOT_DELETE)
    _delete(call, chat, message)
    return True


@method("deleteMessages")
async def delete_messages(call: Call) -> bool:
    """Several away; unknown ones are skipped, as Telegram does."""
    chat = call.bot.chat(call.chat_id())
    numbers = call.struct("message_ids")
    if not isinstance(numbers, list) or not 1 <= len(numbers) <= 100:
        raise bad_request("message identifiers are not specified")
    for number in numbers:
        message = chat.messages.get(int(number))
        if message is not None and not message.deleted:
            _delete(call, chat, message)
    return True


def _target(call: Call) -> tuple[Chat, Stored]:
    chat = call.bot.writable(call.chat_id())
    message = chat.messages.get(call.integer("message_id"))
    if message is None or message.deleted:
        raise bad_request(EDIT_NOT_FOUND)
    if not message.outgoing or not message.editable:
        raise bad_request(CANNOT_EDIT)
    return chat, message


def _with_markup(call: Call, content: Json) -> Json:
    markup = markup_of(call)
    if markup is not None and "inline_keyboard" not in markup:
        raise bad_request("inline keyboard expected")
    return content | {"reply_markup": markup} if markup and markup["inline_keyboard"] else content


def _apply(call: Call, chat: Chat, message: Stored, content: Json) -> Json:
    before = {key: message.data[key] for key in _CONTENT if key in message.data}
    if same(before, content):
        # A refused edit is a reaction too: the bot tried to show what is shown already.
        chat.reacted()
        raise bad_request(NOT_MODIFIED)
    only_buttons = same({**before, "reply_markup": None}, {**content, "reply_markup": None})
    data = {key: value for key, value in message.data.items() if key not in _CONTENT} | content
    if not only_buttons:
        data["edit_date"] = int(call.bot.world.now())
    message.data = data
    changed(call, chat, message)
    return data


def _delete(call: Call, chat: Chat, message: Stored) -> None:
    message.deleted = True
    changed(call, chat, message)
