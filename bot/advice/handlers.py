"""Taps of what the centre recommends after a result."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.advice import screens
from bot.advice.callbacks import AdviceTap
from bot.ui.visit import Visit
from db.overviews.after_result import advised

commands = Router(name="advice.commands")
router = Router(name="advice")


@router.callback_query(AdviceTap.filter())
async def open_advice(_tap: CallbackQuery, callback_data: AdviceTap, visit: Visit) -> None:
    """One piece after an own result."""
    await visit.expect(None)
    result, found = await visit.read(advised, attempt_id=callback_data.attempt)
    await visit.show(screens.counsel(visit.t, result, found, callback_data.number, visit.context.zone))
