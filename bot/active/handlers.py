"""Commands and taps of an active member."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot import nouns
from bot.active import screens
from bot.active.callbacks import OpenActiveTap
from bot.ui.filters import TypedCommand
from bot.ui.visit import Visit
from db.active import queries

commands = Router(name="active.commands")
router = Router(name="active")


@commands.message(TypedCommand("active"))
async def active_command(_message: Message, visit: Visit) -> None:
    """What one does in the methodical active."""
    await home(visit)


@router.callback_query(OpenActiveTap.filter())
async def open_home(_tap: CallbackQuery, callback_data: OpenActiveTap, visit: Visit) -> None:
    """The same, from the menu."""
    await home(visit)


async def home(visit: Visit) -> None:
    """The directions and what there is to do."""
    await visit.expect(None)
    own = await visit.read(queries.own, counts=[one.count for one in nouns.duties()])
    await visit.show(screens.home(visit.t, own))
