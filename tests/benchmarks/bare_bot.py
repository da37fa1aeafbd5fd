"""What everybody could write in ten lines: an aiogram bot that edits the message and answers the tap. No database."""

import asyncio
import sys

import uvloop
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import CallbackQuery, InlineKeyboardButton, InlineKeyboardMarkup, Message

KEYBOARD = InlineKeyboardMarkup(
    inline_keyboard=[[InlineKeyboardButton(text=f"Ответ {number}", callback_data=f"a:{number}")] for number in range(8)]
)
TEXT = "Раздел 2 из 6 · вопрос 3 из 6\n\n" + "Описание того, что человек делает на уроке. " * 12


async def main(url: str) -> None:
    """Polls as aiogram polls by default."""
    dispatcher = Dispatcher()

    @dispatcher.callback_query()
    async def tap(query: CallbackQuery) -> None:
        assert isinstance(query.message, Message)
        await query.message.edit_text(TEXT, reply_markup=KEYBOARD)
        await query.answer()

    bot = Bot("1000000:bare", session=AiohttpSession(api=TelegramAPIServer.from_base(url)))
    await dispatcher.start_polling(bot)


if __name__ == "__main__":
    uvloop.install()
    asyncio.run(main(sys.argv[1]))
