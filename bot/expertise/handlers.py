"""Taps of one's own expert work."""

from aiogram import Router
from aiogram.types import CallbackQuery

from bot.expertise import handlers_difficulties, screens
from bot.expertise.callbacks import ExpertAcceptTap, ExpertDeclineTap, ExpertWhyTap, ExpertWorkTap, OpenExpertiseTap
from bot.ui.refusals import FLAG, Afresh
from bot.ui.visit import Visit
from db.expertise import queries, services

commands = Router(name="expertise.commands")
router = Router(name="expertise")
router.include_router(handlers_difficulties.router)


async def _home_again(visit: Visit, _tap: object) -> None:
    await home(visit)


async def _card_again(visit: Visit, tap: ExpertAcceptTap | ExpertDeclineTap) -> None:
    await _show(visit, tap.work_id)


FRESH = {FLAG: Afresh(_home_again)}
FRESH_CARD = {FLAG: Afresh(_card_again)}


@router.callback_query(OpenExpertiseTap.filter(), flags=FRESH)
async def open_home(_tap: CallbackQuery, callback_data: OpenExpertiseTap, visit: Visit) -> None:
    """One's own work."""
    await home(visit, callback_data.page)


@router.callback_query(ExpertWorkTap.filter(), flags=FRESH)
async def card(_tap: CallbackQuery, callback_data: ExpertWorkTap, visit: Visit) -> None:
    """One piece of work."""
    await _show(visit, callback_data.work_id)


@router.callback_query(ExpertAcceptTap.filter(), flags=FRESH_CARD)
async def accept(_tap: CallbackQuery, callback_data: ExpertAcceptTap, visit: Visit) -> None:
    """I will do it."""
    await visit.write(services.accept, work_id=callback_data.work_id)
    await _show(visit, callback_data.work_id, lead=visit.t("expertise.accepted"))


@router.callback_query(ExpertWhyTap.filter(), flags=FRESH)
async def why(_tap: CallbackQuery, callback_data: ExpertWhyTap, visit: Visit) -> None:
    """I will not: why."""
    await visit.expect(None)
    await visit.show(screens.why(visit.t, await visit.read(queries.work, work_id=callback_data.work_id)))


@router.callback_query(ExpertDeclineTap.filter(), flags=FRESH_CARD)
async def decline(_tap: CallbackQuery, callback_data: ExpertDeclineTap, visit: Visit) -> None:
    """I will not."""
    await visit.write(services.decline, work_id=callback_data.work_id, relative=callback_data.relative)
    await home(visit, lead=visit.t("expertise.declined"))


async def home(visit: Visit, page: int = 0, *, lead: object = "") -> None:
    """One's own work."""
    await visit.expect(None)
    await visit.show(screens.home(visit.t, await visit.read(queries.own), page, lead=lead))


async def _show(visit: Visit, work_id: int, *, lead: object = "") -> None:
    await visit.expect(None)
    await visit.show(screens.card(visit.t, await visit.read(queries.work, work_id=work_id), lead=lead))
