"""What a person is owed for a finished self-diagnosis: its picture."""

from zoneinfo import ZoneInfo

from aiogram import Bot

from bot.context import Context
from bot.diagnostics import screens_radar, screens_results
from bot.ui.receipts import Attachment
from bot.ui.screens import Screen
from db.caller import PersonCaller
from db.diagnostics import queries
from db.diagnostics.notices import FINISHED
from db.diagnostics.queries import Result
from db.notices.outbox import Outgoing
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


RECEIPTS = {FINISHED: finished}
