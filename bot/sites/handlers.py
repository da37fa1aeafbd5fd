"""Taps of sites and programmes: one read a tap; who wants to join does so on the card of the group's event."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.sites import screens
from bot.sites.callbacks import OpenSitesTap, PartsTap, ProgrammesTap, ProgrammeTap, SiteCardTap, SiteKindTap
from bot.ui.filters import TypedCommand
from bot.ui.visit import Visit
from db.overviews import sites as overview
from db.programmes import queries as programmes_queries
from db.sites import queries

commands = Router(name="sites.commands")
router = Router(name="sites")


@commands.message(TypedCommand("sites"))
async def sites_command(_message: Message, visit: Visit) -> None:
    """The kinds of sites."""
    await home(visit)


@router.callback_query(OpenSitesTap.filter())
async def open_sites(_tap: CallbackQuery, visit: Visit) -> None:
    """The same from a button."""
    await home(visit)


@router.callback_query(SiteKindTap.filter())
async def kind(_tap: CallbackQuery, callback_data: SiteKindTap, visit: Visit) -> None:
    """The sites of a kind."""
    name, rows = await visit.read(queries.of_kind, kind_id=callback_data.kind_id)
    await visit.show(screens.of_kind(visit.t, name, rows, callback_data))


@router.callback_query(SiteCardTap.filter())
async def card(_tap: CallbackQuery, callback_data: SiteCardTap, visit: Visit) -> None:
    """One site."""
    found = await visit.read(overview.card, site_id=callback_data.site_id)
    await visit.show(screens.card(visit.t, found, found.names, visit.context.zone))


@router.callback_query(ProgrammesTap.filter())
async def programmes(_tap: CallbackQuery, callback_data: ProgrammesTap, visit: Visit) -> None:
    """The programmes."""
    rows = await visit.read(programmes_queries.programmes)
    await visit.show(screens.programmes(visit.t, rows, callback_data.page, visit.context.pack.about.programmes_note))


@router.callback_query(ProgrammeTap.filter())
async def programme(_tap: CallbackQuery, callback_data: ProgrammeTap, visit: Visit) -> None:
    """One programme."""
    row, runs = await visit.read(programmes_queries.of_programme, programme_id=callback_data.programme_id)
    await visit.show(screens.programme(visit.t, row, runs, visit.context.zone))


@router.callback_query(PartsTap.filter())
async def lessons(_tap: CallbackQuery, callback_data: PartsTap, visit: Visit) -> None:
    """The lessons of a group."""
    found = await visit.read(programmes_queries.lessons, event_id=callback_data.event_id)
    await visit.show(screens.lessons(visit.t, found, callback_data.page, visit.context.zone))


async def home(visit: Visit) -> None:
    """What there is, by kind."""
    kinds, count = await visit.read(overview.home)
    await visit.show(screens.home(visit.t, kinds, count))
