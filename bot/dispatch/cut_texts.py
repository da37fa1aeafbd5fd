"""Puts together a long text that the messenger cut: its parts are one answer, and nobody keeps a tail alone."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import Message, TelegramObject

from bot.ui.filters import is_command
from bot.ui.visit import Visit

LONG = 2000  # a desktop may cut anywhere after this many signs
FULL = 4096  # a message holds no more, in halves of a surrogate pair: cut here, a word may go on
AT_ONCE = timedelta(seconds=2)  # between parts; nobody types the next answer to a long one as fast


class CutTexts(BaseMiddleware):
    """Answers the parts of a long text, which Telegram has cut, together.

    An outer middleware of messages: what follows a long text at once is answered together with it, as if the dialog
    still stood where the first part met it. Waiting for a next part would hold up everybody who writes at length.
    """

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Hands a text on, with the parts before it."""
        visit: Visit | None = data.get("visit")
        if not isinstance(event, Message) or visit is None or visit.visitor is None or not visit.visitor.consented:
            return await handler(event, data)
        kept = await visit.dialog.get_data()
        part = kept.pop("part", None)
        sent = int(event.date.timestamp())
        if (
            part
            and event.text
            and sent - part["sent"] <= AT_ONCE.total_seconds()
            and not _says_itself(part, event.text)
        ):
            visit.event = event = event.model_copy(update={"text": part["text"] + event.text})
            visit.over = part["answer"]
            await visit.expect(part["state"], **part["data"])
            data["raw_state"] = part["state"]
        elif part:
            await visit.dialog.set_data(kept)
        if event.text is None or len(event.text) < LONG:
            return await handler(event, data)
        state, before = await visit.dialog.get_state(), await visit.dialog.get_data()
        result = await handler(event, data)
        between = "" if _units(event.text) % FULL == 0 else "\n"
        await visit.dialog.update_data(
            part={
                "text": event.text + between,
                "sent": sent,
                "state": state,
                "data": before,
                "answer": visit.sent,
            }
        )
        return result


def _says_itself(part: dict[str, Any], text: str) -> bool:
    """A command after a long text; where a word may have been cut at its slash, it is a part all the same."""
    return part["text"].endswith("\n") and is_command(text)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
