"""A message that is never overwritten, with a file or without: how it is sent."""

from dataclasses import dataclass

from aiogram import Bot
from aiogram.types import BufferedInputFile

from bot.ui.screens import Screen, as_receipt


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to send: its bytes and its name."""

    content: bytes
    name: str


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
    text, markup = str(screen.text), screen.markup()
    if photo is not None:
        file = BufferedInputFile(photo.content, photo.name)
        await bot.send_photo(chat_id, file, caption=text, reply_markup=markup, request_timeout=within)
    elif document is not None:
        file = BufferedInputFile(document.content, document.name)
        await bot.send_document(chat_id, file, caption=text, reply_markup=markup, request_timeout=within)
    else:
        await bot.send_message(chat_id, text, reply_markup=markup, request_timeout=within)
