"""A message that is never overwritten, with a file or without: how it is sent."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, Protocol

from aiogram import Bot
from aiogram.types import BufferedInputFile

from bot.context import Context
from bot.ui.screens import Screen, as_receipt, captioned
from db.notices.outbox import Outgoing
from locales import Texts


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to send: its bytes and its name; a picture is shown as one."""

    content: bytes
    name: str
    picture: bool = False


class Make(Protocol):
    """Makes a receipt: a message of what is true now, and its file if it has one."""

    def __call__(
        self, bot: Bot, context: Context, t: Texts, outgoing: Outgoing, /
    ) -> Awaitable[tuple[Screen, Attachment | None]]:
        """In the person's language. What it raises buries this one notice, a lost line or a full disk excepted."""


async def send_receipt(
    bot: Bot,
    chat_id: int,
    screen: Screen,
    *,
    file: Attachment | None = None,
    within: int | None = None,
) -> None:
    """Sends a screen, as the caption of a file where there is one; `within` is in seconds."""
    screen = as_receipt(screen)
    if file is None:
        text, markup = screen.to_payload()["text"], screen.markup()
        await bot.send_message(chat_id, text, reply_markup=markup, request_timeout=within)
        return
    content = BufferedInputFile(file.content, file.name)
    said: dict[str, Any] = {
        "caption": str(captioned(screen).text),
        "reply_markup": screen.markup(),
        "request_timeout": within,
    }
    if file.picture:
        await bot.send_photo(chat_id, content, **said)
    else:
        await bot.send_document(chat_id, content, **said)
