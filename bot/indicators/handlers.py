"""Taps of one's own indicators: what the monitoring's indicators of people say of the very person who asks."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.indicators import screens
from bot.indicators.callbacks import OwnIndicatorsTap
from bot.ui.visit import Visit
from db.indicators import queries

commands = Router(name="indicators.commands")
router = Router(name="indicators")


@router.callback_query(OwnIndicatorsTap.filter())
async def own(_tap: CallbackQuery, callback_data: OwnIndicatorsTap, visit: Visit) -> None:
    """One's own indicators of a period."""
    found = await visit.read(queries.own, period_id=callback_data.period_id or None)
    await visit.expect(None)
    await visit.show(screens.own(visit.t, found, visit.context.zone, page=callback_data.page))
