"""Taps and texts of practices that everybody may find: one use case a tap, one screen."""

from typing import Any

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.practices import handlers_own, screens
from bot.practices.callbacks import (
    OpenPracticesTap,
    PracticeAppliedTap,
    PracticeCardTap,
    PracticeComponentsTap,
    PracticeFilesTap,
    PracticeLessonTap,
    PracticeListTap,
    PracticeSearchTap,
    PracticesTriedTap,
    PracticeTryTap,
    PublicationsTap,
)
from bot.routes import screens as route_screens
from bot.ui.filters import TypedCommand
from bot.ui.refusals import FLAG, Afresh, why
from bot.ui.visit import Visit, typed
from db.errors import DomainError
from db.events.queries import component_names
from db.practices import queries, services, trials
from db.practices.rules import LINE
from db.routes import queries as routes

SOUGHT = 100

commands = Router(name="practices.commands")
router = Router(name="practices")
router.include_router(handlers_own.router)


class PracticeStates(StatesGroup):
    """What is typed: what one looks for, how a practice was applied."""

    search = State()
    word = State()


async def _home_again(visit: Visit, _tap: object) -> None:
    await home(visit)


async def _card_again(visit: Visit, tap: PracticeTryTap | PracticeAppliedTap) -> None:
    await card(visit, tap.practice_id)


FRESH = {FLAG: Afresh(_home_again)}
FRESH_CARD = {FLAG: Afresh(_card_again)}


@commands.message(TypedCommand("practices"))
async def practices_command(_message: Message, visit: Visit) -> None:
    """What there is."""
    await home(visit)


@router.callback_query(OpenPracticesTap.filter())
async def open_home(_tap: CallbackQuery, visit: Visit) -> None:
    """The same from a button."""
    await home(visit)


@router.callback_query(PracticeListTap.filter())
async def listing(_tap: CallbackQuery, callback_data: PracticeListTap, visit: Visit) -> None:
    """A page of all, of a component, or of what was found."""
    words = (await visit.dialog.get_data()).get("words", "") if callback_data.typed else ""
    await show_list(visit, callback_data, words)


@router.callback_query(PracticeComponentsTap.filter())
async def by_component(_tap: CallbackQuery, visit: Visit) -> None:
    """For which component."""
    await visit.expect(None)
    await visit.show(screens.components(visit.t, await visit.read(component_names)))


@router.callback_query(PracticeSearchTap.filter())
async def search(_tap: CallbackQuery, visit: Visit) -> None:
    """What one looks for, in words."""
    await visit.expect(PracticeStates.search)
    await visit.show(screens.search(visit.t))


@router.message(PracticeStates.search)
async def searched(message: Message, visit: Visit) -> None:
    """What was found; the next words are another search."""
    try:
        words = typed(message, SOUGHT)
    except DomainError as error:
        await visit.expect(PracticeStates.search)
        await visit.show(screens.search(visit.t, lead=why(visit, error, "practices.search.words")))
        return
    await show_list(visit, PracticeListTap(typed=True), words)


@router.callback_query(PracticeCardTap.filter(), flags=FRESH)
async def open_card(_tap: CallbackQuery, callback_data: PracticeCardTap, visit: Visit) -> None:
    """One practice."""
    await card(visit, callback_data.practice_id)


@router.callback_query(PracticeLessonTap.filter(), flags=FRESH)
async def lesson(_tap: CallbackQuery, callback_data: PracticeLessonTap, visit: Visit) -> None:
    """How to try it in one lesson."""
    await visit.expect(None)
    found = await visit.read(queries.card, practice_id=callback_data.practice_id)
    await visit.show(screens.lesson(visit.t, found, callback_data))


@router.callback_query(PracticeFilesTap.filter(), flags=FRESH)
async def files(tap: CallbackQuery, callback_data: PracticeFilesTap, visit: Visit) -> None:
    """The files follow as receipts."""
    await visit.write(services.ask_for_files, practice_id=callback_data.practice_id, request=tap.id)
    await visit.busy("upload_document")


@router.callback_query(PracticeTryTap.filter(), flags=FRESH_CARD)
async def try_it(_tap: CallbackQuery, callback_data: PracticeTryTap, visit: Visit) -> None:
    """«Попробую»: it is in the route, and at once the question when."""
    item = await visit.write(trials.take, practice_id=callback_data.practice_id)
    await visit.expect(None)
    _, days = await visit.read(routes.days, item_id=item.id)
    await visit.show(route_screens.days(visit.t, item, days, lead=visit.t("practices.taken")))


@router.callback_query(PracticeAppliedTap.filter(), flags=FRESH_CARD)
async def applied(_tap: CallbackQuery, callback_data: PracticeAppliedTap, visit: Visit) -> None:
    """It was applied: a line about it is awaited."""
    found = await visit.read(queries.card, practice_id=callback_data.practice_id)
    await visit.expect(PracticeStates.word, practice_id=callback_data.practice_id)
    await visit.show(screens.word(visit.t, found.row))


@router.message(PracticeStates.word)
async def typed_word(message: Message, visit: Visit) -> None:
    """How it was applied, in a line."""
    practice_id = (await visit.dialog.get_data())["practice_id"]
    try:
        text = typed(message, LINE)
        await visit.write(trials.apply, practice_id=practice_id, word=text)
    except DomainError as error:
        found = await visit.read(queries.card, practice_id=practice_id)
        await visit.show(screens.word(visit.t, found.row, lead=why(visit, error, "practices.word.words")))
        return
    await card(visit, practice_id, lead=visit.t("practices.word.saved"))


@router.callback_query(PracticesTriedTap.filter())
async def tried(_tap: CallbackQuery, callback_data: PracticesTriedTap, visit: Visit) -> None:
    """What one tries or has applied."""
    await visit.expect(None)
    await visit.show(screens.tried(visit.t, await visit.read(trials.mine), callback_data.page))


@router.callback_query(PublicationsTap.filter())
async def publications(_tap: CallbackQuery, callback_data: PublicationsTap, visit: Visit) -> None:
    """Materials for all."""
    await visit.expect(None)
    await visit.show(screens.publications(visit.t, await visit.read(queries.publications), callback_data.page))


async def home(visit: Visit) -> None:
    """What there is and what one may do."""
    await visit.expect(None)
    await visit.show(screens.home(visit.t, await visit.read(queries.home)))


async def card(visit: Visit, practice_id: int, *, lead: object = "") -> None:
    """One practice that everybody may find."""
    await visit.expect(None)
    found = await visit.read(queries.card, practice_id=practice_id)
    names = await visit.read(component_names)
    await visit.show(screens.card(visit.t, found, names, visit.context.zone, lead=lead))


async def show_list(visit: Visit, tap: PracticeListTap, words: str) -> None:
    """A page of the list; while words were typed, the next ones look again."""
    wanted: dict[str, Any] = {"component": tap.component, "text": words, "limit": screens.PAGE}
    found = await visit.read(queries.page, **wanted, offset=tap.page * screens.PAGE)
    names = await visit.read(component_names)
    await visit.expect(PracticeStates.search if words else None, **({"words": words} if words else {}))
    await visit.show(screens.listing(visit.t, found, tap, typed=words, component=names.get(tap.component, "")))
