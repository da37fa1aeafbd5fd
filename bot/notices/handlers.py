"""Taps under notices: «писать реже»."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.notices import screens
from bot.notices.callbacks import FewerTap, RemindersTap
from bot.ui.visit import Visit
from db.people import services

commands = Router(name="notices.commands")
router = Router(name="notices")


@router.callback_query(FewerTap.filter())
async def fewer(_tap: CallbackQuery, visit: Visit) -> None:
    """Asks below the message, which stays."""
    await visit.show(screens.fewer(visit.t))


@router.callback_query(RemindersTap.filter())
async def reminders(_tap: CallbackQuery, callback_data: RemindersTap, visit: Visit) -> None:
    """Turns unasked reminders off or on again."""
    a_week = await visit.write(services.change_reminders, wanted=callback_data.on)
    await visit.show(screens.reminders(visit.t, on=callback_data.on, a_week=a_week))
