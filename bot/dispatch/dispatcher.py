"""How the bot is put together: the dispatcher that the real bot and the tests run alike."""

from aiogram import Dispatcher

from bot.context import Context
from bot.dispatch import fallback, routing
from bot.dispatch.cut_texts import CutTexts
from bot.dispatch.deep_links import LINKS
from bot.dispatch.forged_taps import ForgedTapsMiddleware
from bot.dispatch.gate import GateMiddleware
from bot.dispatch.questions import QuestionsMiddleware
from bot.dispatch.refusals import RefusalMiddleware
from bot.dispatch.visits import VisitMiddleware
from bot.nouns import HANDLERS
from db.nouns import parts


def create_dispatcher(context: Context) -> Dispatcher:
    """All handlers in their order: commands first, so that they work in any state; the fallback last."""
    dispatcher = Dispatcher(storage=context.dialogs, events_isolation=context.dialogs.isolation())
    nouns = parts(HANDLERS).values()
    commands = [noun.commands for noun in nouns]
    routing.install(dispatcher, [*commands, *(noun.router for noun in nouns), fallback.router])
    dispatcher.update.outer_middleware(VisitMiddleware(context, LINKS))
    dispatcher.message.outer_middleware(CutTexts())
    for observer in (dispatcher.message, dispatcher.callback_query):
        observer.middleware(QuestionsMiddleware())
        observer.middleware(RefusalMiddleware())
    dispatcher.callback_query.middleware(ForgedTapsMiddleware())
    for observer in (dispatcher.message, dispatcher.callback_query):
        observer.middleware(GateMiddleware())
    return dispatcher
