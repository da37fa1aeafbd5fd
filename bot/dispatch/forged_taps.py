"""Refuses taps whose numbers or texts no database takes: anybody may send any callback data.

A button that nobody knows is refused by `bot/dispatch/fallback.py: stale`, a number of somebody else's by the use case.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.filters.callback_data import CallbackData
from aiogram.types import TelegramObject

from bot.people import handlers_entry
from db.errors import StaleError
from db.limits import storable


class ForgedTapsMiddleware(BaseMiddleware):
    """An inner middleware of taps, before everything else that looks into their data."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Raises StaleError for what no button of ours holds."""
        button = data.get("callback_data")
        if isinstance(button, CallbackData) and not all(storable(value) for _, value in button):
            if "visit" in data:
                data["visit"].instead = handlers_entry.menu  # what the button names is nowhere to be shown
            raise StaleError
        return await handler(event, data)
