"""A message that is never overwritten, with a file or without: how it is sent."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Protocol

from aiogram import Bot
from aiogram.types import BufferedInputFile

from bot.context import Context
from bot.ui.screens import Screen, as_receipt, captioned
from db.notices.outbox import Outgoing
from locales import Texts


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to send: its bytes and its name."""

    content: bytes
    name: str


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
    photo: Attachment | None = None,
    document: Attachment | None = None,
    within: int | None = None,
) -> None:
    """Sends a screen, as the caption of a picture or a document where there is one; `within` is in seconds."""
    screen = as_receipt(screen)
    if photo is None and document is None:
        text, markup = screen.to_payload()["text"], screen.markup()
        await bot.send_message(chat_id, text, reply_markup=markup, request_timeout=within)
        return
    caption, markup = str(captioned(screen).text), screen.markup()
    if photo is not None:
        file = BufferedInputFile(photo.content, photo.name)
        await bot.send_photo(chat_id, file, caption=caption, reply_markup=markup, request_timeout=within)
    elif document is not None:
        file = BufferedInputFile(document.content, document.name)
        await bot.send_document(chat_id, file, caption=caption, reply_markup=markup, request_timeout=within)
