"""How the bot speaks HTTP with a Bot API server: aiogram's session with the costs of unread answers cut off."""

import json
from typing import Any, cast

from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramAPIError
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageReplyMarkup,
    EditMessageText,
    GetUpdates,
    Response,
    SendChatAction,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.methods.base import TelegramType
from aiohttp import ClientTimeout

from bot import metrics
from bot.settings import BotSettings

# Nobody reads what these answer beyond «it worked»; parsing it costs a third of a tap.
UNREAD = (AnswerCallbackQuery, EditMessageText, EditMessageReplyMarkup, SendChatAction, DeleteMessage)

# pydantic rebuilds a generic model each time unless somebody holds it.
HELD = [Response[method.__returning__] for method in (*UNREAD, SendMessage, SendPhoto)]  # type: ignore[name-defined]


class BotSession(AiohttpSession):
    """AiohttpSession that skips unread results and can fetch updates as they came. `messages` counts what was said to
    people, sent or edited.
    """

    messages = 0

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[TelegramType],
        timeout: int | None = None,  # noqa: ASYNC109  as its base has it
    ) -> TelegramType:
        """One call, counted when it says something."""
        if type(method).__name__.startswith(("Send", "Edit")) and not isinstance(method, SendChatAction):
            self.messages += 1
        try:
            return await super().make_request(bot, method, timeout)
        except TelegramAPIError as error:
            metrics.call_failed(error)
            raise

    def check_response(
        self, bot: Bot, method: TelegramMethod[TelegramType], status_code: int, content: str
    ) -> Response[TelegramType]:
        """Raises what aiogram raises for a refusal; an unread success is not parsed."""
        if status_code == 200 and isinstance(method, UNREAD) and content.startswith('{"ok":true'):
            return cast("Response[TelegramType]", Response.model_construct(ok=True, result=True))
        return super().check_response(bot, method, status_code, content)

    async def raw_updates(self, bot: Bot, *, offset: int | None, wait: int, allowed: list[str]) -> list[dict[str, Any]]:
        """Long polling without models: the very JSON goes to the database. Raises aiogram's errors."""
        http = await self.create_session()
        method = GetUpdates(offset=offset, timeout=wait, limit=100, allowed_updates=allowed)
        url = self.api.api_url(token=bot.token, method="getUpdates")
        payload = {"timeout": wait, "limit": 100, "allowed_updates": allowed}
        if offset is not None:
            payload["offset"] = offset
        async with http.post(url, json=payload, timeout=ClientTimeout(self.timeout + wait)) as answer:
            content = await answer.text()
            if answer.status == 200:
                result: list[dict[str, Any]] = json.loads(content)["result"]
                return result
        self.check_response(bot, method, answer.status, content)
        return []


def make_bot(settings: BotSettings) -> Bot:
    """The bot of these settings: its server, its proxy, HTML by default, no link previews."""
    session = BotSession(
        proxy=settings.telegram_proxy,
        api=TelegramAPIServer.from_base(settings.api_url),
        json_loads=json.loads,
        timeout=30,
    )
    return Bot(
        settings.token,
        session=session,
        default=DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True),
    )
