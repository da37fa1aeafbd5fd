"""What a person is owed who asked for a month of their diary: the file."""

import asyncio
from datetime import date

from aiogram import Bot

from bot.context import Context
from bot.diary import screens
from bot.ui.moments import month_name
from bot.ui.receipts import Attachment
from bot.ui.screens import Screen
from db.caller import PersonCaller
from db.diary import queries
from db.diary.documents import month_docx
from db.diary.notices import MONTH
from db.notices.outbox import Outgoing
from locales import Texts, translator


async def month(_bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
    """The month in the region's language whatever the person reads the bot in, of what is true now."""
    of = date.fromisoformat(outgoing.params["month"])
    caller = PersonCaller(context.clock.now(), context.zone, outgoing.person_id)
    facts = await context.database.read_aside(queries.paper, caller, of=of)
    words, service = translator(context.settings.locale), context.pack.about.service_name
    content = await asyncio.to_thread(month_docx, words, facts, service)
    return screens.file(t, month_name(t, of, year=True)), Attachment(content, f"diary-{of:%Y-%m}.docx")


RECEIPTS = {MONTH: month}
