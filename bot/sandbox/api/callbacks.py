"""Answers to taps."""

from bot.sandbox.api.registry import method
from bot.sandbox.calls import Call
from bot.sandbox.refusals import QUERY_TOO_OLD, bad_request

_TEXT_LIMIT = 200


@method("answerCallbackQuery")
async def answer_callback_query(call: Call) -> bool:
    """Stop the button's waiting and show a toast, if any; once and in time."""
    bot, world = call.bot, call.bot.world
    query_id = call.text("callback_query_id")
    query = bot.queries.get(query_id)
    if query is None or world.now() - query.at > world.query_lifetime:
        raise bad_request(QUERY_TOO_OLD)
    text = call.text("text")
    if len(text) > _TEXT_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    url = call.text("url")
    if url and not url.startswith((f"https://t.me/{world.bot_username}?", f"t.me/{world.bot_username}?", "tg://")):
        raise bad_request("URL_INVALID")
    del bot.queries[query_id]
    chat = query.chat
    query.stimulus.answered = True
    query.stimulus.toast = bool(text)
    toast = {
        "query_id": query_id,
        "message_id": query.message_id,
        "text": text,
        "alert": call.flag("show_alert"),
        "url": url,
        "at": world.now(),
    }
    chat.toasts.append(toast)
    chat.touch()
    world.tell("toast", {"chat": chat, "toast": toast})
    return True
