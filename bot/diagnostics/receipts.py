"""What a person is owed for a finished self-diagnosis: its picture, and the file that was asked for."""

import asyncio
from zoneinfo import ZoneInfo

from aiogram import Bot

from bot.context import Context
from bot.diagnostics import screens_file, screens_radar, screens_results
from bot.ui.receipts import Attachment
from bot.ui.screens import Screen
from db.caller import PersonCaller
from db.diagnostics import queries
from db.diagnostics.notices import FILE, FINISHED
from db.diagnostics.queries import Result
from db.growth.pdf import result_pdf
from db.notices.outbox import Outgoing
from db.retests import queries as retests
from locales import Texts


async def finished(_bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
    """The radar with the numbers in words, under the instrument's own thanks."""
    caller = PersonCaller(context.clock.now(), context.zone, outgoing.person_id)
    found = await context.database.read(queries.result, caller, attempt_id=int(outgoing.params["attempt"]))
    screen = screens_results.receipt(t, found, context.zone, thanks=found.questionnaire.finish)
    return screen, await pictured(t, found, context.zone)


async def pictured(t: Texts, result: Result, zone: ZoneInfo) -> Attachment:
    """The radar of a result."""
    drawn = await screens_radar.draw(screens_results.chart(t, result, zone))
    return Attachment(drawn, "result.png", picture=True)


async def kept(_bot: Bot, context: Context, t: Texts, outgoing: Outgoing) -> tuple[Screen, Attachment | None]:
    """A result as a PDF to keep."""
    caller = PersonCaller(context.clock.now(), context.zone, outgoing.person_id)
    found = await context.database.read(queries.result, caller, attempt_id=int(outgoing.params["attempt"]))
    again = await context.database.read(retests.of_result, caller, attempt_id=found.attempt_id)
    words = screens_file.words(t, found, context.pack.about.service_name, context.zone, again)
    content = await asyncio.to_thread(result_pdf, words)
    return screens_file.file(t, found, context.zone), Attachment(content, t.plain("diagnostics.file.name"))


RECEIPTS = {FINISHED: finished, FILE: kept}
