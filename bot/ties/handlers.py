"""Taps and texts about people who are close."""

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.ties import screens
from bot.ties.callbacks import AddTieTap, OpenTiesTap, UntieTap
from bot.ui.filters import TypedCommand
from bot.ui.refusals import FLAG, Afresh, why
from bot.ui.visit import Visit, typed
from db.errors import DomainError
from db.ties import queries, services
from db.ties.models import TieKind
from db.ties.rules import LONGEST

commands = Router(name="ties.commands")
router = Router(name="ties")


class TieStates(StatesGroup):
    """What is typed: the full name of somebody close."""

    name = State()


async def _again(visit: Visit, _tap: object) -> None:
    await _home(visit)


FRESH = {FLAG: Afresh(_again)}


@commands.message(TypedCommand("ties"))
async def ties_command(_message: Message, visit: Visit) -> None:
    """Whom I declared close."""
    await _home(visit)


@router.callback_query(OpenTiesTap.filter())
async def open_ties(_tap: CallbackQuery, visit: Visit) -> None:
    """The same, from a button."""
    await _home(visit)


@router.callback_query(AddTieTap.filter(), flags=FRESH)
async def add(_tap: CallbackQuery, callback_data: AddTieTap, visit: Visit) -> None:
    """Asks who it is."""
    await visit.expect(TieStates.name, kind=callback_data.kind.value)
    await visit.show(screens.ask(visit.t, callback_data.kind))


@router.message(TieStates.name)
async def typed_name(message: Message, visit: Visit) -> None:
    """The name: kept."""
    kind = TieKind((await visit.dialog.get_data())["kind"])
    try:
        await visit.write(services.declare, name=typed(message, LONGEST), kind=kind)
    except DomainError as error:
        await visit.show(screens.ask(visit.t, kind, lead=why(visit, error, "ties.words")))
        return
    await _home(visit, lead=visit.t("ties.kept"))


@router.callback_query(UntieTap.filter(), flags=FRESH)
async def untie(_tap: CallbackQuery, callback_data: UntieTap, visit: Visit) -> None:
    """Not any more."""
    await visit.write(services.withdraw, tie_id=callback_data.tie_id)
    await _home(visit, lead=visit.t("ties.removed"))


async def _home(visit: Visit, *, lead: object = "") -> None:
    await visit.expect(None)
    await visit.show(screens.home(visit.t, await visit.read(queries.own), lead=lead))
