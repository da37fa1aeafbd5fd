"""Ends a dialog as soon as its question is not what one sees: a text typed later would go to the wrong place unseen."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.event.handler import HandlerObject
from aiogram.filters import StateFilter
from aiogram.fsm.state import State
from aiogram.types import TelegramObject

from bot.dialogs.storage import LOST, DialogsLostError
from bot.people import handlers_entry
from bot.ui.visit import Visit


class QuestionsMiddleware(BaseMiddleware):
    """An inner middleware of messages and taps, around all others.

    A handler that takes the dialog's own answers may show its question again; whatever else shows a screen ends the
    dialog, unless it says itself what the next text answers. A message that stays, such as a file, changes nothing.
    """

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Runs the handler, then looks whether the question is still there."""
        result = await handler(event, data)
        visit: Visit | None = data.get("visit")
        waiting = data.get("raw_state") not in (None, LOST)
        if waiting and visit is not None and visit.shown and not visit.asked and not _answers(data["handler"]):
            with suppress(DialogsLostError):
                await handlers_entry.leave(visit)
        return result


def _answers(handler: HandlerObject) -> bool:
    return any(isinstance(check.callback, State | StateFilter) for check in handler.filters or ())
