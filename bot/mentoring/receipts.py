"""What one of a pair is owed who asked for a paper of it: the file."""

import asyncio

from aiogram import Bot

from bot.context import Context
from bot.mentoring import screens, screens_series
from bot.ui.receipts import Attachment
from bot.ui.screens import Screen
from db.caller import PersonCaller
from db.mentoring import papers, queries
from db.mentoring.notices import CALENDAR, PAPER
from db.mentoring.papers import PairPaper, PairWriter
from db.notices.outbox import Outgoing
from locales import Texts, translator


async def paper(_bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
    """The paper in the region's language, of what is true now; a word alone where the pair has ended meanwhile."""
    which, pair_id = PairPaper(outgoing.params["paper"]), int(outgoing.params["pair"])
    caller = PersonCaller(context.clock.now(), context.zone, outgoing.person_id)
    facts = await context.database.read_aside(papers.own_facts, caller, pair_id=pair_id)
    if facts is None:
        return screens.no_paper(t), None
    writer = PairWriter(translator(context.settings.locale), service=context.pack.about.service_name, zone=context.zone)
    content = await asyncio.to_thread(writer.of_pair, which, facts)
    return screens.paper(t, which, pair_id), Attachment(content, t.plain(f"mentoring.paper.{which}.name"))


async def calendar(_bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
    """The planned meetings as a calendar file, of what is true now; a word alone where there is none."""
    pair_id, caller = int(outgoing.params["pair"]), PersonCaller(context.clock.now(), context.zone, outgoing.person_id)
    found = await context.database.read_aside(queries.ahead, caller, pair_id=pair_id)
    if found is None:
        return screens.no_paper(t), None
    planned, name = found
    return screens_series.calendar_file(t, planned, name, pair_id, now=caller.now)


RECEIPTS = {PAPER: paper, CALENDAR: calendar}
