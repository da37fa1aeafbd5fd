"""Taps and texts of one's own route: one use case a tap, one screen."""

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.routes import handlers_plan, handlers_sharing, screens, screens_plan
from bot.routes.callbacks import (
    OpenRouteTap,
    RouteDaysTap,
    RouteDayTap,
    RouteDropTap,
    RouteEventTap,
    RouteFinishTap,
    RouteItemTap,
    RouteOfferTap,
    RouteOutcomeTap,
    RoutePastTap,
    RoutePauseTap,
    RoutePlanTap,
    RouteTakeTap,
    RouteUndoTap,
    RouteWordTap,
)
from bot.ui.filters import TypedCommand
from bot.ui.moments import day_of_button
from bot.ui.refusals import FLAG, Afresh, why
from bot.ui.visit import Visit, typed
from db.errors import DomainError
from db.routes import queries, services
from db.routes.models import ItemStatus, RouteItem, StepOutcome

commands = Router(name="routes.commands")
router = Router(name="routes")
router.include_router(handlers_plan.router)
router.include_router(handlers_sharing.router)


class RouteStates(StatesGroup):
    """What is typed: how a step went, what one takes along from an event."""

    word = State()


async def _home_again(visit: Visit, _tap: object) -> None:
    await home(visit)


FRESH = {FLAG: Afresh(_home_again)}


@commands.message(TypedCommand("route"))
async def route_command(_message: Message, visit: Visit) -> None:
    """My route."""
    await home(visit)


@router.callback_query(OpenRouteTap.filter())
async def open_home(_tap: CallbackQuery, visit: Visit) -> None:
    """The same from a button."""
    await home(visit)


@router.callback_query(RouteOfferTap.filter(), flags=FRESH)
async def offer(_tap: CallbackQuery, callback_data: RouteOfferTap, visit: Visit) -> None:
    """A step that could come next."""
    await visit.expect(None)
    attempt_id, offers = await visit.read(queries.offers)
    await visit.show(screens.offer(visit.t, offers, callback_data.number, attempt_id))


@router.callback_query(RouteTakeTap.filter(), flags=FRESH)
async def take(_tap: CallbackQuery, callback_data: RouteTakeTap, visit: Visit) -> None:
    """«Взять этот шаг»: it is in the route, and at once the question when."""
    await visit.expect(None)
    item, days = await visit.write(services.take_step, attempt_id=callback_data.attempt, item=callback_data.item)
    if item.planned_on is not None:
        await visit.show(screens.card(visit.t, item, visit.context.zone))
        return
    await visit.show(screens.days(visit.t, item, days, lead=visit.t("routes.taken")))


@router.callback_query(RouteEventTap.filter(), flags=FRESH)
async def take_event(_tap: CallbackQuery, callback_data: RouteEventTap, visit: Visit) -> None:
    """An event comes into the route; the seat is taken on its card."""
    item = await visit.write(services.take_event, event_id=callback_data.event_id)
    await visit.expect(None)
    await visit.show(screens_plan.card(visit.t, item, visit.context.zone, lead=visit.t("routes.event_taken")))


@router.callback_query(RouteItemTap.filter(), flags=FRESH)
async def open_item(_tap: CallbackQuery, callback_data: RouteItemTap, visit: Visit) -> None:
    """One item."""
    await card(visit, await visit.read(queries.item, item_id=callback_data.item_id))


@router.callback_query(RouteDaysTap.filter(), flags=FRESH)
async def choose_day(_tap: CallbackQuery, callback_data: RouteDaysTap, visit: Visit) -> None:
    """When to try it."""
    await visit.expect(None)
    item, days = await visit.read(queries.days, item_id=callback_data.item_id)
    await visit.show(screens.days(visit.t, item, days))


@router.callback_query(RouteDayTap.filter(), flags=FRESH)
async def choose_setting(_tap: CallbackQuery, callback_data: RouteDayTap, visit: Visit) -> None:
    """With whom to try it."""
    item, day = await visit.read(queries.item, item_id=callback_data.item_id), day_of_button(callback_data.day)
    await visit.expect(None)
    await visit.show(screens.settings(visit.t, item, day))


@router.callback_query(RoutePlanTap.filter(), flags=FRESH)
async def plan(_tap: CallbackQuery, callback_data: RoutePlanTap, visit: Visit) -> None:
    """It has a day and a class now."""
    item = await visit.write(
        services.plan,
        item_id=callback_data.item_id,
        day=day_of_button(callback_data.day),
        setting=callback_data.setting,
    )
    await card(visit, item, lead=visit.t("routes.planned"))


@router.callback_query(RouteOutcomeTap.filter(), flags=FRESH)
async def outcome(_tap: CallbackQuery, callback_data: RouteOutcomeTap, visit: Visit) -> None:
    """How it went; then one line about it, for whoever has one."""
    item = await visit.write(services.report, item_id=callback_data.item_id, outcome=callback_data.outcome)
    worked = callback_data.outcome is StepOutcome.WORKED
    await visit.expect(RouteStates.word, item_id=item.id)
    if worked:
        await visit.show(screens.word(visit.t, item, lead=visit.t("routes.worked.said")))
    else:
        await visit.show(screens.card(visit.t, item, visit.context.zone, lead=visit.t("routes.not_yet.said")))


@router.callback_query(RouteWordTap.filter(), flags=FRESH)
async def add_word(_tap: CallbackQuery, callback_data: RouteWordTap, visit: Visit) -> None:
    """A line about it, once more."""
    item = await visit.read(queries.item, item_id=callback_data.item_id)
    await visit.expect(RouteStates.word, item_id=item.id)
    await visit.show(screens.word(visit.t, item, lead=""))


@router.callback_query(RouteDropTap.filter(), flags=FRESH)
async def drop(_tap: CallbackQuery, callback_data: RouteDropTap, visit: Visit) -> None:
    """It is not for the own route."""
    await card(visit, await visit.write(services.drop, item_id=callback_data.item_id))


@router.callback_query(RouteUndoTap.filter(), flags=FRESH)
async def undo(_tap: CallbackQuery, callback_data: RouteUndoTap, visit: Visit) -> None:
    """It was a wrong tap."""
    item = await visit.write(services.reopen, item_id=callback_data.item_id)
    await card(visit, item, lead=visit.t("routes.undone"))


@router.callback_query(RoutePastTap.filter())
async def past(_tap: CallbackQuery, callback_data: RoutePastTap, visit: Visit) -> None:
    """What is done already."""
    await visit.expect(None)
    await visit.show(screens.past(visit.t, await visit.read(queries.past), callback_data.page, visit.context.zone))


@router.callback_query(RoutePauseTap.filter(), flags=FRESH)
async def pause(_tap: CallbackQuery, callback_data: RoutePauseTap, visit: Visit) -> None:
    """Questions stop, or go on."""
    found = await visit.write(services.pause if callback_data.pause else services.resume)
    await visit.expect(None)
    await visit.show(screens.home(visit.t, found, visit.context.zone))


@router.callback_query(RouteFinishTap.filter(), flags=FRESH)
async def finish(_tap: CallbackQuery, callback_data: RouteFinishTap, visit: Visit) -> None:
    """The route ends, when it is meant."""
    await visit.expect(None)
    if not callback_data.sure:
        await visit.show(screens.finishing(visit.t))
        return
    found = await visit.write(services.finish)
    await visit.show(screens.home(visit.t, found, visit.context.zone, lead=visit.t("routes.finished")))


@router.message(RouteStates.word)
async def typed_word(message: Message, visit: Visit) -> None:
    """How it went, in a line."""
    data = await visit.dialog.get_data()
    item_id = data["item_id"]
    try:
        text = typed(message, services.WORD_LENGTH)
    except DomainError as error:
        item = await visit.read(queries.item, item_id=item_id)
        await visit.show(screens.word(visit.t, item, lead=why(visit, error, "routes.word.words")))
        return
    item = await visit.write(services.say, item_id=item_id, word=text)
    await visit.expect(None)
    await visit.show(screens.card(visit.t, item, visit.context.zone, lead=visit.t("routes.word.saved")))


async def home(visit: Visit) -> None:
    """The own route and what may come next."""
    await visit.expect(None)
    await visit.show(screens.home(visit.t, await visit.read(queries.home), visit.context.zone))


async def card(visit: Visit, item: RouteItem, *, lead: object = "") -> None:
    """One item; where a word is awaited it may be written at once."""
    waits = item.status is ItemStatus.AWAITING
    await visit.expect(RouteStates.word if waits else None, **({"item_id": item.id} if waits else {}))
    await visit.show(screens_plan.card(visit.t, item, visit.context.zone, lead=lead))
