"""Taps and texts of a head who proposes by the levels of the own group."""

from typing import Any

from aiogram import Router
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from bot.groups.callbacks import GroupFigureTap
from bot.motions import screens
from bot.ui.refusals import why
from bot.ui.visit import Visit, typed
from db.errors import DomainError, NotFoundError
from db.motions import queries, services

commands = Router(name="motions.commands")
router = Router(name="motions")


class MotionStates(StatesGroup):
    """What is typed: what a head proposes."""

    change = State()


@router.callback_query(GroupFigureTap.filter())
async def ask(_tap: CallbackQuery, callback_data: GroupFigureTap, visit: Visit) -> None:
    """By which figure and to whom: the words follow."""
    asked: dict[str, Any] = {"group_id": callback_data.group_id, "component": callback_data.component}
    found = await visit.read(queries.proposable, **asked)
    target_id = callback_data.target_id or next((number for number, _ in found.targets), 0)
    if found.targets and target_id not in dict(found.targets):
        raise NotFoundError
    if found.targets:
        await visit.expect(MotionStates.change, **asked, target_id=target_id)
    else:
        await visit.expect(None)
    await visit.show(screens.ask(visit.t, found, target_id=target_id))


@router.message(MotionStates.change)
async def typed_change(message: Message, visit: Visit) -> None:
    """What is proposed."""
    kept = await visit.dialog.get_data()
    asked, target_id = {"group_id": kept["group_id"], "component": kept["component"]}, kept["target_id"]
    found = await visit.read(queries.proposable, **asked)
    try:
        text = typed(message, services.LONGEST)
        await visit.write(services.propose, **asked, target_id=target_id, change=text)
    except NotFoundError:
        raise
    except DomainError as error:
        lead = why(visit, error, "motions.bot.words")
        await visit.show(screens.ask(visit.t, found, target_id=target_id, lead=lead))
        return
    await visit.expect(None)
    await visit.show(screens.sent(visit.t, found, target_id=target_id))
