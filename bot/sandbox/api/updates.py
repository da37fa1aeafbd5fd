"""How the bot gets its updates: long polling and webhooks."""

import asyncio
import json
import re
from itertools import islice
from typing import Any

from bot.sandbox.api.registry import method
from bot.sandbox.calls import Call
from bot.sandbox.refusals import POLL_REPLACED, POLL_SET_WEBHOOK, POLL_WEBHOOK, Json, bad_request, conflict
from bot.sandbox.state import BotState, Webhook

_LONGEST_POLL = 50
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


@method("getMe")
async def get_me(call: Call) -> Json:
    """Who the bot is."""
    return {
        **call.bot.user,
        "can_join_groups": False,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


@method("getUpdates")
async def get_updates(call: Call) -> list[Json]:
    """Deliver what waits; the offset confirms and forgets what came before it."""
    bot = call.bot
    if bot.webhook is not None:
        raise conflict(POLL_WEBHOOK)
    if bot.poll is not None and not bot.poll.done():
        bot.poll.set_result(POLL_REPLACED)
    allowed = call.struct("allowed_updates")
    if isinstance(allowed, list):
        bot.allowed = [str(item) for item in allowed]
    offset = call.integer("offset")
    if offset < 0 and bot.updates:
        offset = bot.updates[max(len(bot.updates) + offset, 0)]["update_id"]
    bot.confirm(offset)
    limit = min(max(call.integer("limit", 100), 1), 100)
    if not bot.updates and not bot.again:
        await _wait(bot, min(max(call.integer("timeout"), 0), _LONGEST_POLL))
    again, bot.again = bot.again[:limit], bot.again[limit:]
    updates = again + list(islice(bot.updates, limit - len(again)))
    bot.delivered(updates)
    return updates


async def _wait(bot: BotState, seconds: int) -> None:
    if not seconds:
        return
    poll: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    bot.poll = poll
    await asyncio.wait((poll,), timeout=seconds)
    if bot.poll is poll:
        bot.poll = None
    if poll.done() and poll.result():
        raise conflict(poll.result())


@method("setWebhook")
async def set_webhook(call: Call) -> Any:
    """Switch to webhooks; plain http is taken, since the stand-in is on this machine."""
    url = call.text("url")
    if not url:
        return await delete_webhook(call)
    if not url.startswith(("http://", "https://")):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = call.text("secret_token")
    if secret and not _SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    bot = call.bot
    allowed = call.struct("allowed_updates")
    if isinstance(allowed, list):
        bot.allowed = [str(item) for item in allowed]
    if call.flag("drop_pending_updates"):
        _drop(bot)
    if bot.poll is not None and not bot.poll.done():
        bot.poll.set_result(POLL_SET_WEBHOOK)
    bot.webhook = Webhook(url, secret, call.integer("max_connections", 40) or 40)
    bot.world.deliver(bot)
    return True


@method("deleteWebhook")
async def delete_webhook(call: Call) -> bool:
    """Back to polling."""
    call.bot.webhook = None
    if call.flag("drop_pending_updates"):
        _drop(call.bot)
    return True


@method("getWebhookInfo")
async def get_webhook_info(call: Call) -> Json:
    """Where updates go and what went wrong last."""
    bot = call.bot
    info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(bot.updates)}
    if bot.webhook is not None:
        info |= {"url": bot.webhook.url, "max_connections": bot.webhook.max_connections}
        if bot.webhook.error:
            info |= {"last_error_message": bot.webhook.error, "last_error_date": bot.webhook.error_at}
    if bot.allowed:
        info["allowed_updates"] = json.loads(json.dumps(bot.allowed))
    return info


def _drop(bot: BotState) -> None:
    bot.again.clear()
    if bot.updates:
        bot.confirm(bot.updates[-1]["update_id"] + 1)
