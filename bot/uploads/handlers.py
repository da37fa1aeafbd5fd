"""Gives a one-time link, by which files come without the messenger."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.applications import screens_parts
from bot.ui.visit import Visit
from bot.uploads import screens
from bot.uploads.callbacks import CarryTap, UploadLinkTap
from db.uploads import services

commands = Router(name="uploads.commands")
router = Router(name="uploads")


@router.callback_query(CarryTap.filter())
async def carry(_tap: CallbackQuery, callback_data: CarryTap, visit: Visit) -> None:
    """The files of the last selection, because their owner says so."""
    dossier = await visit.write(services.carry_over, application_id=callback_data.application)
    await visit.toast("uploads.carried")
    await visit.show(screens_parts.overview(visit.t, dossier))


@router.callback_query(UploadLinkTap.filter())
async def link(_tap: CallbackQuery, callback_data: UploadLinkTap, visit: Visit) -> None:
    """The link, once; an older one stops working."""
    token = await visit.write(services.give_link, application_id=callback_data.application, number=callback_data.number)
    address = f"{visit.context.settings.panel_url}/upload/{token}"
    await visit.show(screens.given(visit.t, callback_data, address))
