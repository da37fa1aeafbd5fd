"""Makes what a person is owed for a seat and for having been there.

With its file: the ticket, what becomes of the seat, the certificate.
"""

import asyncio

from aiogram import Bot

from bot.context import Context
from bot.events import screens_cards, screens_feedback, screens_files
from bot.events.notices import NOTICES
from bot.events.screens_files import calendar_file, certificate_words
from bot.telegram.links import start_link
from bot.ui.receipts import Attachment
from bot.ui.screens import Screen
from db.caller import PersonCaller
from db.events import queries, services
from db.events.certificate import pdf, verify
from db.events.queries import EventCard
from db.inspection import bare
from db.notices.outbox import Outgoing
from db.overviews import lessons
from db.storage import Storage
from locales import Texts, translator


async def ticket(bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
    """The seat, with the calendar file."""
    found, link, file = await _seat(bot, context, t, outgoing)
    waited = bool(outgoing.params.get("waited"))
    return screens_cards.ticket(t, found, link=link, zone=context.zone, waited=waited), file


async def with_file(bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
    """A notice of what became of a seat, with the calendar file that says it to the phone; who waits has none there."""
    screen = NOTICES[outgoing.kind](t, outgoing.params, context.zone)
    if outgoing.params.get("waits"):
        return screen, None
    _, _, file = await _seat(bot, context, t, outgoing)
    return screen, file


async def certificate(_bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
    """The certificate as a document, in the region's language whatever the person reads the bot in."""
    card = await _card(context, outgoing)
    number = card.mine.certificate if card.mine else None
    found = await context.database.read(verify, number=number or "")
    if found is None:
        raise LookupError("a certificate that is not there")
    words = certificate_words(
        translator(context.settings.locale),
        found,
        service=context.pack.about.service_name,
        panel_url=context.settings.panel_url,
        zone=context.zone,
    )
    content = await asyncio.to_thread(pdf, words)
    diploma = bool(found.result)
    told = {"title": found.title, "number": found.number, "address": words.address}
    name = t.plain("events.diploma.name" if diploma else "events.certificate.name", number=found.number)
    return screens_cards.certificate(t, **told, diploma=diploma), Attachment(content, name)


async def material(_bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
    """A material without what programs wrote into it of its author."""
    asked = {"event_id": int(outgoing.params["event"]), "material_id": int(outgoing.params["material"])}
    title, scan = await context.database.read(services.material_file, **asked)
    path = Storage(context.settings.data_dir).path(scan.stored_name)
    content = await asyncio.to_thread(bare, path)
    return screens_files.material(t, title=title), Attachment(content, scan.file_name)


async def question(_bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
    """What somebody asks a host."""
    return screens_feedback.question(t, await _asked(context, outgoing)), None


async def answer(_bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
    """What was answered to whoever asked."""
    return screens_feedback.answer(t, await _asked(context, outgoing)), None


async def _asked(context: Context, outgoing: Outgoing) -> services.Asked:
    caller = PersonCaller(context.clock.now(), context.zone, outgoing.person_id)
    return await context.database.read(services.asked, caller, question_id=int(outgoing.params["question"]))


async def _seat(bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[EventCard, str, Attachment]:
    """The event as it stands for the person, the link to it, and its calendar file."""
    found = await _card(context, outgoing)
    link = start_link((await bot.me()).username, f"ev_{found.line.code}")
    parts = await context.database.read(lessons.parts, event_id=found.line.id) if found.by_parts else []
    return found, link, calendar_file(t, found, link=link, now=context.clock.now(), parts=parts)


async def _card(context: Context, outgoing: Outgoing) -> EventCard:
    caller = PersonCaller(context.clock.now(), context.zone, outgoing.person_id)
    return await context.database.read(queries.card, caller, event_id=int(outgoing.params["event"]))


RECEIPTS = {
    "events.ticket": ticket,
    "events.certificate": certificate,
    "events.material": material,
    "events.question": question,
    "events.answer": answer,
    "events.registered": with_file,
    "events.changed": with_file,
    "events.removed": with_file,
    "events.cancelled": with_file,
}
