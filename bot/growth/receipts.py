"""What a person is owed who asked for a paper: the file."""

import asyncio

from aiogram import Bot

from bot.context import Context
from bot.growth import screens
from bot.ui.receipts import Attachment
from bot.ui.screens import Screen
from db.caller import PersonCaller
from db.growth import queries
from db.growth.documents import PaperWriter
from db.growth.notices import PAPER
from db.growth.pack import forms_of
from db.growth.queries import Paper
from db.notices.outbox import Outgoing
from locales import Texts, translator


async def paper(_bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
    """The paper in the region's language whatever the person reads the bot in, of what is true now."""
    which, code = Paper(outgoing.params["paper"]), str(outgoing.params["category"])
    caller = PersonCaller(context.clock.now(), context.zone, outgoing.person_id)
    facts = await context.database.read_aside(queries.own, caller)
    writer = PaperWriter(
        translator(context.settings.locale),
        facts,
        service=context.pack.about.service_name,
        panel_url=context.settings.panel_url,
        zone=context.zone,
    )
    forms = forms_of(context.pack)
    content = await asyncio.to_thread(writer.file, which, forms, code)
    category = forms.category(code)
    title = category.button if category else t.plain(f"growth.button.{which}")
    return screens.file(t, title=title), Attachment(content, t.plain(f"growth.name.{which}"))


RECEIPTS = {PAPER: paper}
