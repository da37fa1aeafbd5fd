"""Taps of workshops."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot.ui.screens import Screen, menu_row
from bot.ui.visit import Visit
from bot.workshops.callbacks import OpenWorkshopsTap

commands = Router(name="workshops.commands")
router = Router(name="workshops")


@commands.message(Command("workshops"))
async def command(_message: Message, visit: Visit) -> None:
    """From Telegram's menu."""
    await show(visit)


@router.callback_query(OpenWorkshopsTap.filter())
async def tapped(_tap: CallbackQuery, visit: Visit) -> None:
    """From the menu."""
    await show(visit)


async def show(visit: Visit, _payload: str = "") -> None:
    """The screen."""
    await visit.show(Screen(visit.t("workshops.title"), [menu_row(visit.t)]))
