"""What a person is owed for a sent application."""

from aiogram import Bot

from bot.applications import screens
from bot.context import Context
from bot.ui.receipts import Attachment
from bot.ui.screens import Screen
from db.applications import queries
from db.caller import PersonCaller
from db.notices.outbox import Outgoing
from locales import Texts


async def sent(_bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
    """«Заявка отправлена», with its number."""
    caller = PersonCaller(context.clock.now(), context.zone, outgoing.person_id)
    dossier = await context.database.read(
        queries.own_dossier, caller, application_id=int(outgoing.params["application"])
    )
    return screens.sent(t, dossier, context.zone), None


RECEIPTS = {"applications.sent": sent}
