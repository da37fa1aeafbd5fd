"""How the bot is put together: the dispatcher that the real bot and the tests run alike."""

from aiogram import Dispatcher

from bot import fallback, routing
from bot.applications import handlers as applications
from bot.diagnostics import handlers as diagnostics
from bot.events import handlers as events
from bot.house import House
from bot.mentoring import handlers as mentoring
from bot.middlewares.gate import GateMiddleware
from bot.middlewares.sense import SenseMiddleware
from bot.middlewares.visits import VisitMiddleware
from bot.notices import handlers as notices
from bot.people import handlers as people


def create_dispatcher(house: House) -> Dispatcher:
    """All handlers in their order: commands first, so that they work in any state; the fallback last."""
    dispatcher = Dispatcher(storage=house.dialogs, events_isolation=house.dialogs.isolation())
    nouns = (people, diagnostics, applications, events, mentoring, notices)
    routing.install(dispatcher, [*(noun.commands for noun in nouns), *(noun.router for noun in nouns), fallback.router])
    dispatcher.update.outer_middleware(VisitMiddleware(house))
    dispatcher.callback_query.middleware(SenseMiddleware())
    for observer in (dispatcher.message, dispatcher.callback_query):
        observer.middleware(GateMiddleware())
    return dispatcher
