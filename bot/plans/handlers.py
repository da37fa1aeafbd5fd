"""Taps and texts of one's own lines of the plan."""

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.plans import screens
from bot.plans.callbacks import OpenPlanTap, PlanDoneTap, PlanLineTap, PlanUndoneTap
from bot.ui.filters import TypedCommand
from bot.ui.refusals import FLAG, Afresh, why
from bot.ui.visit import Visit, typed
from db.errors import DomainError
from db.plans import queries, services

commands = Router(name="plans.commands")
router = Router(name="plans")


class PlanStates(StatesGroup):
    """What is typed: by what a line was done."""

    word = State()


async def _line_again(visit: Visit, tap: PlanDoneTap | PlanUndoneTap) -> None:
    await _card(visit, tap.line_id)


FRESH = {FLAG: Afresh(_line_again)}


@commands.message(TypedCommand("plan"))
async def plan_command(_message: Message, visit: Visit) -> None:
    """What I answer for."""
    await home(visit)


@router.callback_query(OpenPlanTap.filter())
async def open_home(_tap: CallbackQuery, callback_data: OpenPlanTap, visit: Visit) -> None:
    """The same, from the menu; another page of it."""
    await home(visit, page=callback_data.page)


@router.callback_query(PlanLineTap.filter())
async def open_line(_tap: CallbackQuery, callback_data: PlanLineTap, visit: Visit) -> None:
    """One line."""
    await _card(visit, callback_data.line_id)


@router.callback_query(PlanDoneTap.filter(), flags=FRESH)
async def done(_tap: CallbackQuery, callback_data: PlanDoneTap, visit: Visit) -> None:
    """One tap notes it; then one line about how it went, for whoever has one."""
    line_id, slot = callback_data.line_id, callback_data.slot
    await visit.write(services.done, line_id=line_id, slot=slot)
    await visit.expect(PlanStates.word, line_id=line_id, slot=slot)
    await visit.show(screens.word(visit.t, line_id=line_id, slot=slot, lead=visit.t("plans.noted")))


@router.callback_query(PlanUndoneTap.filter(), flags=FRESH)
async def undone(_tap: CallbackQuery, callback_data: PlanUndoneTap, visit: Visit) -> None:
    """It was a wrong tap: nothing is left of it."""
    await visit.write(services.reopen, line_id=callback_data.line_id, slot=callback_data.slot)
    await _card(visit, callback_data.line_id, lead=visit.t("plans.undone"))


@router.message(PlanStates.word)
async def typed_word(message: Message, visit: Visit) -> None:
    """By what it was done and with which result."""
    data = await visit.dialog.get_data()
    line_id, slot = data["line_id"], data["slot"]
    try:
        text = typed(message, services.WORD_LENGTH)
    except DomainError as error:
        lead = why(visit, error, "plans.word.words")
        await visit.show(screens.word(visit.t, line_id=line_id, slot=slot, lead=lead))
        return
    await visit.write(services.say, line_id=line_id, slot=slot, word=text)
    await _card(visit, line_id, lead=visit.t("plans.word.saved"))


async def home(visit: Visit, *, page: int = 0) -> None:
    """The lines that one answers for."""
    await visit.expect(None)
    await visit.show(screens.home(visit.t, await visit.read(queries.own), page=page))


async def _card(visit: Visit, line_id: int, *, lead: object = "") -> None:
    await visit.expect(None)
    row = await visit.read(queries.own_line, line_id=line_id)
    await visit.show(screens.card(visit.t, row, lead=lead))
