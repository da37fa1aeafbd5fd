"""Posting updates to the bot's webhook: in order, again and again until it says 2xx."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, MultipartReader

from bot.sandbox.calls import read_multipart
from bot.sandbox.refusals import Json, RefusedError
from bot.sandbox.state import BotState, Webhook

_TIMEOUT = ClientTimeout(total=60)
_FIRST_PAUSE = 0.1
_LONGEST_PAUSE = 5.0

Answer = Callable[[BotState, str, Json], Awaitable[object]]


class WebhookDelivery:
    """One task for each bot that has a webhook and updates waiting."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._session: ClientSession | None = None

    def wake(self, bot: BotState) -> None:
        """Begin delivering if there is something to deliver and nobody does it yet."""
        if bot.webhook is None or not (bot.updates or bot.again):
            return
        running = self._tasks.get(bot.id)
        if running is None or running.done():
            self._tasks[bot.id] = asyncio.get_running_loop().create_task(self._deliver(bot))

    async def stop(self) -> None:
        """Stop delivering and close connections."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _deliver(self, bot: BotState) -> None:
        pause = _FIRST_PAUSE
        while (hook := bot.webhook) is not None and (bot.again or bot.updates):
            repeated = bool(bot.again)
            update = bot.again[0] if repeated else bot.updates[0]
            bot.delivered((update,))
            error = await self._post(bot, hook, update)
            if error:
                hook.error, hook.error_at = error, int(bot.world.now())
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
            pause = _FIRST_PAUSE
            if repeated:
                bot.again.pop(0)
            else:
                bot.confirm(update["update_id"] + 1)

    async def _post(self, bot: BotState, hook: Webhook, update: Json) -> str:
        if self._session is None:
            self._session = ClientSession(timeout=_TIMEOUT)
        headers = {"Content-Type": "application/json"}
        if hook.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret
        try:
            async with self._session.post(hook.url, data=json.dumps(update), headers=headers) as response:
                if not 200 <= response.status < 300:
                    return f"Wrong response from the webhook: {response.status} {response.reason}"
                call = await _inline_call(response)
        except (ClientError, TimeoutError, OSError) as error:
            return f"Connection failed: {type(error).__name__}"
        if call and call.get("method"):
            # Telegram doesn't tell the bot how a call in the webhook's answer went.
            with contextlib.suppress(RefusedError):
                await self._answer(bot, str(call.pop("method")), call)
        return ""


async def _inline_call(response: ClientResponse) -> Json:
    if response.content_type.startswith("multipart/"):
        fields, _ = await read_multipart(MultipartReader(response.headers, response.content))
        return fields
    body = await response.read()
    if response.content_type != "application/json" or not body:
        return {}
    value = json.loads(body)
    return value if isinstance(value, dict) else {}
