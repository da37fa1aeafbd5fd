"""How the bot is put together: the dispatcher that the real bot and the tests run alike."""

from aiogram import Dispatcher
from aiogram.fsm.storage.base import BaseStorage

from bot import fallback
from bot.applications import handlers as applications
from bot.diagnostics import handlers as diagnostics
from bot.events import handlers as events
from bot.house import House
from bot.mentoring import handlers as mentoring
from bot.middlewares.gate import GateMiddleware
from bot.middlewares.visits import VisitMiddleware
from bot.notices import handlers as notices
from bot.people import handlers as people
from bot.storage import DatabaseStorage


def create_dispatcher(house: House) -> Dispatcher:
    """All routers in their order: commands first, so that they work in any state; the fallback last."""
    dispatcher = Dispatcher(storage=make_storage(house))
    dispatcher.update.outer_middleware(VisitMiddleware(house))
    for observer in (dispatcher.message, dispatcher.callback_query):
        observer.middleware(GateMiddleware())
    for noun in (people, diagnostics, applications, events, mentoring, notices):
        dispatcher.include_router(noun.commands)
    for noun in (people, diagnostics, applications, events, mentoring, notices):
        dispatcher.include_router(noun.router)
    dispatcher.include_router(fallback.router)
    return dispatcher


def make_storage(house: House) -> BaseStorage:
    """Where dialogs are kept: Redis where REDIS_URL is set, else our database."""
    return DatabaseStorage(house.database, house.clock)
