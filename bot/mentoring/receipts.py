"""What one of a pair is owed who asked for a paper of it: the file."""

import asyncio

from aiogram import Bot

from bot.context import Context
from bot.mentoring import screens
from bot.ui.receipts import Attachment
from bot.ui.screens import Screen
from db.caller import PersonCaller
from db.mentoring import documents
from db.mentoring.documents import PairPaper, PairWriter
from db.mentoring.notices import PAPER
from db.notices.outbox import Outgoing
from locales import Texts, translator


async def paper(_bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
    """The paper in the region's language, of what is true now; a word alone where the pair has ended meanwhile."""
    which, pair_id = PairPaper(outgoing.params["paper"]), int(outgoing.params["pair"])
    caller = PersonCaller(context.clock.now(), context.zone, outgoing.person_id)
    facts = await context.database.read_aside(documents.own_facts, caller, pair_id=pair_id)
    if facts is None:
        return screens.no_paper(t), None
    writer = PairWriter(translator(context.settings.locale), service=context.pack.about.service_name, zone=context.zone)
    content = await asyncio.to_thread(writer.of_pair, which, facts)
    return screens.paper(t, which, pair_id), Attachment(content, t.plain(f"mentoring.paper.{which}.name"))


RECEIPTS = {PAPER: paper}
