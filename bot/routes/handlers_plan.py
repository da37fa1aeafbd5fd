"""Taps and texts of the year's plan of a route: one use case a tap, one screen."""

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.routes import screens, screens_plan
from bot.routes.callbacks import (
    RouteAcceptTap,
    RouteAgreeTap,
    RouteDraftTap,
    RouteLaterTap,
    RouteOwnTap,
    RouteProveTap,
    RouteSwapTap,
    RouteTryTap,
    RouteYearTap,
)
from bot.ui.refusals import FLAG, Afresh, why
from bot.ui.visit import Visit, typed
from db.errors import DomainError
from db.routes import planning, queries, services
from db.routes.models import RouteItem

router = Router(name="routes.plan")


class RoutePlanStates(StatesGroup):
    """What is typed: a line of one's own, what shows that a line is done."""

    own = State()
    proof = State()


async def _year(visit: Visit, plan: planning.YearPlan, page: int = 0, *, lead: object = "") -> None:
    await visit.expect(None)
    await visit.show(screens_plan.year(visit.t, plan, page, lead=lead))


async def _card(visit: Visit, item: RouteItem, *, lead: object = "") -> None:
    await visit.expect(None)
    await visit.show(screens_plan.card(visit.t, item, visit.context.zone, lead=lead))


async def _year_again(visit: Visit, _tap: object) -> None:
    await _year(visit, await visit.read(planning.year))


FRESH = {FLAG: Afresh(_year_again)}


@router.callback_query(RouteYearTap.filter())
async def open_year(_tap: CallbackQuery, callback_data: RouteYearTap, visit: Visit) -> None:
    """«План на год»."""
    await _year(visit, await visit.read(planning.year), callback_data.page)


@router.callback_query(RouteDraftTap.filter(), flags=FRESH)
async def draft(_tap: CallbackQuery, visit: Visit) -> None:
    """The plan out of the last result."""
    plan = await visit.write(planning.draft)
    await _year(visit, plan, lead=visit.t("routes.year.drafted"))


@router.callback_query(RouteAgreeTap.filter(), flags=FRESH)
async def agree(_tap: CallbackQuery, visit: Visit) -> None:
    """The whole plan is one's own."""
    plan = await visit.write(planning.agree)
    await _year(visit, plan, lead=visit.t("routes.year.agreed"))


@router.callback_query(RouteAcceptTap.filter(), flags=FRESH)
async def accept(_tap: CallbackQuery, callback_data: RouteAcceptTap, visit: Visit) -> None:
    """One line is one's own."""
    item = await visit.write(planning.accept, item_id=callback_data.item_id)
    await _card(visit, item, lead=visit.t("routes.year.accepted"))


@router.callback_query(RouteSwapTap.filter(), flags=FRESH)
async def swap(_tap: CallbackQuery, callback_data: RouteSwapTap, visit: Visit) -> None:
    """Something else instead."""
    item = await visit.write(planning.swap, item_id=callback_data.item_id)
    await _card(visit, item)


@router.callback_query(RouteLaterTap.filter(), flags=FRESH)
async def postpone(_tap: CallbackQuery, callback_data: RouteLaterTap, visit: Visit) -> None:
    """A month later."""
    item = await visit.write(planning.postpone, item_id=callback_data.item_id)
    await _card(visit, item)


@router.callback_query(RouteTryTap.filter(), flags=FRESH)
async def try_out(_tap: CallbackQuery, callback_data: RouteTryTap, visit: Visit) -> None:
    """A practice is tried in a lesson: when."""
    item, days = await visit.write(planning.try_out, item_id=callback_data.item_id)
    await visit.expect(None)
    await visit.show(screens.days(visit.t, item, days, lead=visit.t("routes.taken")))


@router.callback_query(RouteProveTap.filter(), flags=FRESH)
async def ask_proof(_tap: CallbackQuery, callback_data: RouteProveTap, visit: Visit) -> None:
    """Asks what shows it."""
    item = await visit.read(queries.item, item_id=callback_data.item_id)
    await visit.expect(RoutePlanStates.proof, item_id=item.id)
    await visit.show(screens_plan.ask_proof(visit.t, item))


@router.callback_query(RouteOwnTap.filter(), flags=FRESH)
async def ask_own(_tap: CallbackQuery, visit: Visit) -> None:
    """A line in one's own words."""
    await visit.expect(RoutePlanStates.own)
    await visit.show(screens_plan.ask_own(visit.t))


@router.message(RoutePlanStates.proof)
async def typed_proof(message: Message, visit: Visit) -> None:
    """A word or a link."""
    item_id = (await visit.dialog.get_data())["item_id"]
    try:
        text = typed(message, services.WORD_LENGTH)
    except DomainError as error:
        item = await visit.read(queries.item, item_id=item_id)
        await visit.show(screens_plan.ask_proof(visit.t, item, lead=why(visit, error, "routes.year.proof_words")))
        return
    item = await visit.write(planning.prove, item_id=item_id, text=text)
    await _card(visit, item, lead=visit.t("routes.word.saved"))


@router.message(RoutePlanStates.own)
async def typed_own(message: Message, visit: Visit) -> None:
    """One's own line."""
    try:
        text = typed(message, planning.OWN_LENGTH)
    except DomainError as error:
        await visit.show(screens_plan.ask_own(visit.t, lead=why(visit, error, "routes.year.own_words")))
        return
    item = await visit.write(planning.add_own, text=text)
    await _card(visit, item, lead=visit.t("routes.year.own_added"))
