"""Gives a one-time link, by which files come without the messenger."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.applications import screens_parts
from bot.applications.callbacks import CriterionTap
from bot.training.callbacks import TrainingCardTap
from bot.ui.screens import Button
from bot.ui.visit import Visit
from bot.uploads import screens
from bot.uploads.callbacks import CarryTap, RecordLinkTap, UploadLinkTap
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
    back = CriterionTap(application=callback_data.application, number=callback_data.number)
    await _show(visit, token, Button(visit.t.plain("uploads.back"), back))


@router.callback_query(RecordLinkTap.filter())
async def record_link(_tap: CallbackQuery, callback_data: RecordLinkTap, visit: Visit) -> None:
    """The same for the document of a record of training."""
    token = await visit.write(services.give_record_link, record_id=callback_data.record_id)
    back = TrainingCardTap(record_id=callback_data.record_id)
    await _show(visit, token, Button(visit.t.plain("uploads.back.record"), back))


async def _show(visit: Visit, token: str, back: Button) -> None:
    address = f"{visit.context.settings.panel_url}/upload/{token}"
    await visit.show(screens.given(visit.t, back, address))
