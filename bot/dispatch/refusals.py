"""Turns a handler's DomainError into a word and, where its flag says so, a fresh screen."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.flags import get_flag
from aiogram.types import TelegramObject

from bot.people import handlers_entry
from bot.ui.refusals import FLAG, Afresh, refuse
from bot.ui.visit import Visit
from db.errors import DomainError, StaleError

MENU = Afresh(lambda visit, _tap: handlers_entry.menu(visit))


class RefusalMiddleware(BaseMiddleware):
    """An inner middleware of messages and taps, around all others but that of questions."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Runs the handler; its «no» is said. What the fresh screen raises in turn is said without another screen."""
        visit: Visit | None = data.get("visit")
        try:
            return await handler(event, data)
        except DomainError as error:
            if visit is None:
                raise
            instead = visit.instead
            afresh = Afresh(lambda visit, _tap: instead(visit)) if instead else get_flag(data, FLAG)
            if afresh is None and isinstance(error, StaleError):
                afresh = MENU
            await refuse(visit, error, afresh, data.get("callback_data"))
            return None
