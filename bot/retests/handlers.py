"""Taps and texts of re-tests of one component: one use case a tap, one screen."""

from datetime import date

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.diagnostics.handlers import typed_value, unclear
from bot.retests import screens
from bot.retests.callbacks import (
    OpenRetestsTap,
    RetestAnswerTap,
    RetestBeginTap,
    RetestDropTap,
    RetestFinishTap,
    RetestOfStepTap,
    RetestQuestionTap,
    RetestResultTap,
    RetestTap,
)
from bot.ui.refusals import FLAG, Afresh, Word
from bot.ui.visit import Visit
from db.errors import DomainError
from db.retests import queries, services
from db.retests.queries import RetestCard, RetestStep

commands = Router(name="retests.commands")
router = Router(name="retests")


class Retesting(StatesGroup):
    """What is typed may answer the question on the screen: of a re-test, and of an `item` that one went back to."""

    question = State()


async def _home_again(visit: Visit, _tap: object) -> None:
    """After a stale or foreign button: what is true now."""
    await home(visit)


def _stale(_visit: Visit, error: DomainError) -> Word:
    code = error.code if error.code.startswith(("retest_", "diagnostics_")) else "stale_button"
    return Word(f"errors.{code}", error.params, alert=False)


STALE = {FLAG: Afresh(_home_again, _stale)}


@router.callback_query(OpenRetestsTap.filter())
async def opened(_tap: CallbackQuery, callback_data: OpenRetestsTap, visit: Visit) -> None:
    """The components of the last result."""
    await home(visit, callback_data.page)


async def home(visit: Visit, page: int = 0) -> None:
    """What may be asked again, and when."""
    await visit.also_expect(None)
    found = await visit.read(queries.home)
    await visit.show(screens.home(visit.t, found, page, _today(visit), visit.context.zone))


@router.callback_query(RetestTap.filter(), flags=STALE)
async def component(_tap: CallbackQuery, callback_data: RetestTap, visit: Visit) -> None:
    """One component; «Выйти» leads here too, the answers stay."""
    found = await visit.read(queries.card, attempt_id=callback_data.attempt, number=callback_data.number)
    await _show_card(visit, found)


@router.callback_query(RetestOfStepTap.filter(), flags=STALE)
async def of_step(_tap: CallbackQuery, callback_data: RetestOfStepTap, visit: Visit) -> None:
    """The component of a done step."""
    await _show_card(visit, await visit.read(queries.card_of_step, item_id=callback_data.item_id))


@router.callback_query(RetestBeginTap.filter(), flags=STALE)
async def begin(_tap: CallbackQuery, callback_data: RetestBeginTap, visit: Visit) -> None:
    """«Начать»; one that is open already goes on."""
    step = await visit.write(services.begin, attempt_id=callback_data.attempt, number=callback_data.number)
    await _show_step(visit, step)


@router.callback_query(RetestAnswerTap.filter(), flags=STALE)
async def answer(_tap: CallbackQuery, callback_data: RetestAnswerTap, visit: Visit) -> None:
    """The answer tap: kept at once, the next question in its place."""
    step = await visit.write(
        services.answer, retest_id=callback_data.retest_id, item=callback_data.item, value=callback_data.value
    )
    await _show_step(visit, step)


@router.callback_query(RetestQuestionTap.filter(), flags=STALE)
async def question(_tap: CallbackQuery, callback_data: RetestQuestionTap, visit: Visit) -> None:
    """«Назад»: an earlier question with its answer."""
    asked = callback_data.item
    step = await visit.read(queries.step, retest_id=callback_data.retest_id, item=asked)
    await _show_step(visit, step, asked=asked)


@router.message(Retesting.question, flags=STALE)
async def answer_typed(message: Message, visit: Visit) -> None:
    """A number, a letter or the wording instead of the button; what is none of them is asked for again."""
    data = await visit.dialog.get_data()
    step = await visit.read(queries.step, retest_id=data["retest_id"], item=data.get("item"))
    if step.item is None:
        await _show_step(visit, step)
        return
    try:
        value = typed_value(message, visit, step.content, step.item)
    except DomainError as error:
        lead = unclear(visit, error, step.item)
        await visit.show(screens.step(visit.t, step, visit.context.zone, lead=lead))
        return
    item = step.item.code
    await _show_step(visit, await visit.write(services.answer, retest_id=data["retest_id"], item=item, value=value))


@router.callback_query(RetestFinishTap.filter(), flags=STALE)
async def finish(_tap: CallbackQuery, callback_data: RetestFinishTap, visit: Visit) -> None:
    """«Показать результат»; a second tap shows the same."""
    found = await visit.write(services.finish, retest_id=callback_data.retest_id)
    await visit.also_expect(None)
    await visit.show(screens.result(visit.t, found, visit.context.zone))


@router.callback_query(RetestDropTap.filter(), flags=STALE)
async def drop(_tap: CallbackQuery, callback_data: RetestDropTap, visit: Visit) -> None:
    """Asks, then throws away what was begun by mistake; the component may be begun again at once."""
    if not callback_data.sure:
        found = await visit.read(queries.step, retest_id=callback_data.retest_id)
        await visit.also_expect(None)
        await visit.show(screens.drop(visit.t, found))
        return
    attempt_id, number = await visit.write(services.drop, retest_id=callback_data.retest_id)
    card = await visit.read(queries.card, attempt_id=attempt_id, number=number)
    await _show_card(visit, card, lead=visit.t("retests.dropped"))


@router.callback_query(RetestResultTap.filter(), flags=STALE)
async def result(_tap: CallbackQuery, callback_data: RetestResultTap, visit: Visit) -> None:
    """What an earlier one has told."""
    await show_result(visit, callback_data.retest_id)


async def show_result(visit: Visit, retest_id: int) -> None:
    """What an own re-test has told."""
    found = await visit.read(queries.result, retest_id=retest_id)
    await visit.also_expect(None)
    await visit.show(screens.result(visit.t, found, visit.context.zone))


async def _show_card(visit: Visit, found: RetestCard, *, lead: object = "") -> None:
    await visit.also_expect(None)
    await visit.show(screens.card(visit.t, found, _today(visit), visit.context.zone, lead=lead))


async def _show_step(visit: Visit, step: RetestStep, *, asked: str | None = None) -> None:
    """A question, or that all is answered. `asked` is the question that one went back to."""
    if step.item is None:
        await visit.also_expect(None)
    else:
        kept = {"item": asked} if asked else {}
        await visit.also_expect(Retesting.question, retest_id=step.retest_id, **kept)
    await visit.show(screens.step(visit.t, step, visit.context.zone))


def _today(visit: Visit) -> date:
    return visit.now.astimezone(visit.context.zone).date()
