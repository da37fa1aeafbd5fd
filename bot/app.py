"""How the bot is put together: the dispatcher that the real bot and the tests run alike."""

from aiogram import Dispatcher, Router

from bot import fallback
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
    """All routers in their order: commands first, so that they work in any state; the fallback last."""
    dispatcher = Dispatcher(storage=house.dialogs, events_isolation=house.dialogs.isolation())
    dispatcher.update.outer_middleware(VisitMiddleware(house))
    dispatcher.callback_query.middleware(SenseMiddleware())
    for observer in (dispatcher.message, dispatcher.callback_query):
        observer.middleware(GateMiddleware())
    nouns = (people, diagnostics, applications, events, mentoring, notices)
    routers = [*(noun.commands for noun in nouns), *(noun.router for noun in nouns), fallback.router]
    dispatcher.include_routers(*(_copy(router) for router in routers))
    return dispatcher


def _copy(router: Router) -> Router:
    """A router with the same handlers: aiogram ties a router to one dispatcher, and tests run several in a process."""
    copy = Router(name=router.name)
    for name, observer in router.observers.items():
        copy.observers[name].handlers.extend(observer.handlers)
    for inner in router.sub_routers:
        copy.include_router(_copy(inner))
    return copy
