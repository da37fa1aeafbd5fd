"""Taps and texts of whoever appeals against a refusal."""

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.appeals import screens
from bot.appeals.callbacks import AppealTap, AppealWithdrawTap, AppealWriteTap
from bot.ui.refusals import FLAG, Afresh, why
from bot.ui.visit import Visit, typed
from db.appeals import queries, services
from db.appeals.models import AppealStatus
from db.appeals.rules import TEXT
from db.errors import DomainError

commands = Router(name="appeals.commands")
router = Router(name="appeals")


class AppealStates(StatesGroup):
    """What is typed: why a refusal should be looked at again."""

    text = State()


async def _again(visit: Visit, tap: AppealWithdrawTap) -> None:
    await _standing(visit, tap.application)


FRESH = {FLAG: Afresh(_again)}


@router.callback_query(AppealTap.filter())
async def opened(_tap: CallbackQuery, callback_data: AppealTap, visit: Visit) -> None:
    """Where it stands."""
    await _standing(visit, callback_data.application)


@router.callback_query(AppealWriteTap.filter())
async def write(_tap: CallbackQuery, callback_data: AppealWriteTap, visit: Visit) -> None:
    """Asks for the words, as long as the term runs."""
    found = await visit.read(queries.of_application, application_id=callback_data.application)
    if not found.may:
        await _standing(visit, callback_data.application)
        return
    await visit.expect(AppealStates.text, application=found.application_id)
    await visit.show(screens.asking(visit.t, found))


@router.message(AppealStates.text)
async def written(message: Message, visit: Visit) -> None:
    """The words: filed at once; what is too short or too long is asked for again."""
    number = int((await visit.dialog.get_data())["application"])
    try:
        found = await visit.write(services.file, application_id=number, text=typed(message, TEXT))
    except DomainError as error:
        view = await visit.read(queries.of_application, application_id=number)
        if not view.may:  # the term has ended meanwhile
            await visit.expect(None)
            raise
        await visit.show(screens.asking(visit.t, view, lead=why(visit, error, "appeals.words")))
        return
    await visit.expect(None)
    await visit.show(screens.standing(visit.t, found, visit.context.zone))


@router.callback_query(AppealWithdrawTap.filter(), flags=FRESH)
async def withdraw(_tap: CallbackQuery, callback_data: AppealWithdrawTap, visit: Visit) -> None:
    """Asks once, then takes it back."""
    if not callback_data.sure:
        found = await visit.read(queries.of_application, application_id=callback_data.application)
        if found.status is AppealStatus.WAITING:
            await visit.show(screens.withdraw_sure(visit.t, found))
        else:
            await _standing(visit, callback_data.application)
        return
    found = await visit.write(services.withdraw, application_id=callback_data.application)
    await visit.show(screens.standing(visit.t, found, visit.context.zone))


async def _standing(visit: Visit, application_id: int) -> None:
    found = await visit.read(queries.of_application, application_id=application_id)
    await visit.expect(None)
    await visit.show(screens.standing(visit.t, found, visit.context.zone))
