"""Buttons that were never given: anybody may send any callback data, and numbers in them may be of any size."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.filters.callback_data import CallbackData
from aiogram.types import TelegramObject

from bot.people import handlers_entry
from db.errors import DomainError
from db.limits import storable


class ForgedTapsMiddleware(BaseMiddleware):
    """An inner middleware of taps, before everything else that looks into them."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Raises DomainError `stale_button` for what no button of ours holds."""
        button = data.get("callback_data")
        if isinstance(button, CallbackData) and not all(storable(value) for _, value in button):
            if "visit" in data:
                data["visit"].instead = handlers_entry.menu  # what the button names is nowhere to be shown
            raise DomainError("stale_button")
        return await handler(event, data)
