"""Kind words for those whose update could not even be stored: said once an update, without the database."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError

from bot.ui.languages import language
from locales import translator

REMEMBERED = 10_000
log = structlog.get_logger(__name__)


class Apologies:
    """The messenger offers what was not stored again and again; a person hears of it the first time only."""

    def __init__(self, bot: Bot, locale: str) -> None:
        self._bot = bot
        self._locale = locale
        self._told: OrderedDict[int, None] = OrderedDict()

    async def tell(self, updates: Sequence[dict[str, Any]]) -> None:
        """Says in each chat that nothing was changed and that it is worth trying again."""
        chats = set()
        for raw in updates:
            tap, message = raw.get("callback_query"), raw.get("message")
            sender = (tap or message or {}).get("from")
            if sender is None or raw["update_id"] in self._told:
                continue
            self._told[raw["update_id"]] = None
            if len(self._told) > REMEMBERED:
                self._told.popitem(last=False)
            if sender["id"] not in chats:
                chats.add(sender["id"])
                await self._say(tap["id"] if tap else None, sender)

    async def _say(self, tap: str | None, sender: dict[str, Any]) -> None:
        text = translator(language(sender.get("language_code"), self._locale)).plain("errors.storage")
        try:
            if tap is not None:
                await self._bot.answer_callback_query(tap, text=text[:200], show_alert=True)
            else:
                await self._bot.send_message(sender["id"], text)
        except TelegramAPIError as failure:  # the update will come again either way
            log.warning("apology_not_sent", reason=type(failure).__name__)
