"""«/summary»: the day's figures as one picture and a few lines, for whoever has an account of the panel."""

from collections import OrderedDict

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.diagnostics import screens_radar
from bot.diagnostics.screens_radar import Chart
from bot.reports import screens
from bot.reports.callbacks import SummaryTap
from bot.ui.filters import TypedCommand
from bot.ui.receipts import Attachment
from bot.ui.visit import Visit
from db.overviews import summary

commands = Router(name="reports.commands")
router = Router(name="reports")
CONSENT = {"gate": "consent"}
KEPT = 16
_drawn: OrderedDict[Chart, bytes] = OrderedDict()
"""Pictures by all that they show: they change when figures do, and with nothing else."""


@commands.message(TypedCommand("summary"), flags=CONSENT)
async def summary_command(_message: Message, visit: Visit) -> None:
    """The day's figures."""
    await _summary(visit)


@router.callback_query(SummaryTap.filter(), flags=CONSENT)
async def summary_tap(_tap: CallbackQuery, visit: Visit) -> None:
    """The same from the menu: the menu stays, the figures come below."""
    await visit.answer()
    await _summary(visit)


async def _summary(visit: Visit) -> None:
    found = await visit.read(summary.summary)
    screen = screens.summary(visit.t, found, visit.context.zone)
    chart = screens.chart(visit.t, found)
    file = Attachment(await _picture(visit, chart), "summary.png", picture=True) if chart else None
    await visit.receipt(screen, file=file)


async def _picture(visit: Visit, chart: Chart) -> bytes:
    if (kept := _drawn.get(chart)) is not None:
        _drawn.move_to_end(chart)
        return kept
    await visit.bot.send_chat_action(visit.chat_id, "upload_photo")
    drawn = _drawn[chart] = await screens_radar.draw(chart)
    while len(_drawn) > KEPT:
        _drawn.popitem(last=False)
    return drawn
