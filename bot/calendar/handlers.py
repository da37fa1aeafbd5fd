"""Taps of one's own calendar."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.calendar import screens
from bot.calendar.callbacks import AskNewFeedTap, FeedTap, NewFeedTap
from bot.ui.visit import Visit
from db.calendar import services

commands = Router(name="calendar.commands")
router = Router(name="calendar")


@router.callback_query(FeedTap.filter())
async def feed(_tap: CallbackQuery, visit: Visit) -> None:
    """The address."""
    secret = await visit.write(services.address)
    await visit.show(screens.feed(visit.t, _link(visit, secret)))


@router.callback_query(AskNewFeedTap.filter())
async def ask(_tap: CallbackQuery, visit: Visit) -> None:
    """Whether another one is meant."""
    await visit.show(screens.ask(visit.t))


@router.callback_query(NewFeedTap.filter())
async def renew(_tap: CallbackQuery, visit: Visit) -> None:
    """Another address."""
    secret = await visit.write(services.renew)
    await visit.show(screens.feed(visit.t, _link(visit, secret), renewed=True))


def _link(visit: Visit, secret: str) -> str:
    return f"{visit.context.settings.panel_url}/calendar/{secret}"
