"""Kind words for those whose update could not even be stored: said once an update, without the database."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

from bot.ui.languages import language
from bot.updates.sanitize import number_of, private_chat
from locales import translator

REMEMBERED = 10_000
log = structlog.get_logger(__name__)


class Apologies:
    """The messenger offers what was not stored again and again; a person hears of it the first time only."""

    def __init__(self, bot: Bot, locale: str) -> None:
        self._bot = bot
        self._locale = locale
        self._told: OrderedDict[int, None] = OrderedDict()

    async def tell(self, updates: Sequence[Any]) -> None:
        """Says in each chat of two that nothing was changed and that it is worth trying again."""
        chats = set()
        for raw in updates:
            chat_id, number = private_chat(raw), number_of(raw)
            if chat_id is None or number is None or number in self._told:
                continue
            self._told[number] = None
            if len(self._told) > REMEMBERED:
                self._told.popitem(last=False)
            if chat_id not in chats:
                chats.add(chat_id)
                await self._say(chat_id, raw)

    async def _say(self, chat_id: int, raw: dict[str, Any]) -> None:
        tap = raw.get("callback_query")
        try:
            code: str | None = str(raw["callback_query" if tap else "message"]["from"]["language_code"])
        except (KeyError, TypeError):
            code = None
        text = translator(language(code, self._locale)).plain("errors.storage")
        try:
            if isinstance(tap, dict) and "id" in tap:
                await self._bot.answer_callback_query(str(tap["id"]), text=text[:200], show_alert=True)
            else:
                await self._bot.send_message(chat_id, text)
        except TelegramAPIError as failure:  # the update will come again either way
            log.warning("apology_not_sent", reason=type(failure).__name__)
