"""Who may go where: nothing but the first meeting before consent, nothing but the profile before it is saved.

A handler's flag `gate` says how far one must have come: `open` (a stranger), `consent`, or, by default, `profile`.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.flags import get_flag
from aiogram.types import TelegramObject

from bot.people import handlers_entry
from bot.ui.visit import Visit


class GateMiddleware(BaseMiddleware):
    """An inner middleware of messages and taps."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Leads a stranger to the first screen and a newcomer to the profile."""
        level = get_flag(data, "gate", default="profile")
        visit: Visit | None = data.get("visit")
        if level == "open" or visit is None:
            return await handler(event, data)
        if visit.visitor is None or not visit.visitor.consented:
            return await handlers_entry.welcome(visit, again=True)
        if level == "profile" and not visit.visitor.profile_saved:
            return await handlers_entry.go_on_with_profile(visit)
        return await handler(event, data)
