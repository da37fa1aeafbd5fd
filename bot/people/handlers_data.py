"""Taps of one's own data: see, take along, stop, erase."""

import asyncio

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot import erasure as bot_erasure
from bot.people import handlers_entry, screens_data, screens_export
from bot.people.callbacks import DataTap, OpenMyDataTap
from bot.ui.commands import withdraw_for
from bot.ui.filters import TypedCommand
from bot.ui.refusals import FLAG, Afresh, only_stale
from bot.ui.visit import Visit
from db import erasure
from db.applications import campaigns

OPEN = {"gate": "open"}

commands = Router(name="people.data.commands")
router = Router(name="people.data")


@commands.message(TypedCommand("mydata"), flags=OPEN)
async def my_data(_message: Message, visit: Visit) -> None:
    """What is stored, also for a stranger (nothing) and after a withdrawal (until the erasure)."""
    await handlers_entry.leave(visit)
    await _overview(visit)


@router.callback_query(OpenMyDataTap.filter(), flags=OPEN)
async def opened(_tap: CallbackQuery, visit: Visit) -> None:
    """«Мои данные», from anywhere."""
    await _overview(visit)


async def _overview_again(visit: Visit, _tap: object) -> None:
    await _overview(visit)


@router.callback_query(DataTap.filter(), flags={**OPEN, FLAG: Afresh(_overview_again, only_stale)})
async def tapped(_tap: CallbackQuery, callback_data: DataTap, visit: Visit) -> None:
    """One of the ways; a withdrawal and an erasure ask once more before."""
    action = callback_data.action
    if visit.visitor is None:
        await visit.show(screens_data.nothing_stored(visit.t))
    elif action == "export":
        await _export(visit)
    elif action in ("erase", "withdraw"):
        await visit.show(screens_data.confirm(visit.t, action, selections=await visit.read(campaigns.any_held)))
    elif action == "withdraw_yes":
        await _withdraw(visit)
    elif action == "erase_yes":
        await _erase(visit)
    else:
        await _overview(visit)


async def _overview(visit: Visit) -> None:
    if visit.visitor is None:
        await visit.show(screens_data.nothing_stored(visit.t))
        return
    seen = await visit.read(erasure.overview, person_id=visit.visitor.person_id)
    await visit.show(screens_data.overview(visit.t, seen, visit.context.zone, consented=visit.visitor.consented))


async def _export(visit: Visit) -> None:
    await visit.busy("upload_document")
    everything = await visit.context.database.read_aside(erasure.export, person_id=visit.person.person_id)
    page, archive = await asyncio.to_thread(screens_export.files, visit.t, everything, visit.context.zone, visit.now)
    await visit.receipt(screens_data.page_caption(visit.t), file=page)
    await visit.receipt(screens_data.file_caption(visit.t), file=archive)


async def _withdraw(visit: Visit) -> None:
    until = await visit.write(erasure.withdraw_consent)
    visit.forget()
    visit.visitor = None
    await visit.expect(None)
    await withdraw_for(visit.bot, visit.user_id)
    selections = await visit.read(campaigns.any_held)
    await visit.show(screens_data.withdrawn(visit.t, until, visit.context.zone, selections=selections))


async def _erase(visit: Visit) -> None:
    await visit.check_live()
    await bot_erasure.erase(visit.context, visit.person.person_id, requested_by="person")
    visit.forget()
    visit.visitor = None
    await withdraw_for(visit.bot, visit.user_id)
    await visit.show(screens_data.erased(visit.t))
