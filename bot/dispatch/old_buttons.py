"""Buttons as earlier versions made them: they are in people's chats for years, and each goes on doing what it said."""

from aiogram.filters.callback_data import CallbackData

from bot.applications.callbacks import OpenApplicationTap
from bot.diagnostics.callbacks import BeginTap, HistoryTap, IntroTap, OpenDiagnosticsTap
from bot.events.callbacks import AcceptTap, CancelRegistrationTap, CardTap, MyTap, OpenEventsTap, RateTap
from bot.mentoring.callbacks import CancelMeetingTap, LogTap, MeetingTap, MetTap, PairTap, PlanTap
from bot.notices.callbacks import FewerTap
from bot.ui.screens import BELOW, MenuTap

STOOD_BELOW: dict[str, CallbackData] = {
    "menub": MenuTap(),
    "dg_o": OpenDiagnosticsTap(),
    "ev_o": OpenEventsTap(),
    "apr": OpenApplicationTap(),
    "no": FewerTap(),
}
"""Buttons that were always under a message that stays."""

EVENTS = (CardTap, AcceptTap, CancelRegistrationTap, MyTap, RateTap)
MENTORING = (PairTap, PlanTap, MeetingTap, CancelMeetingTap, LogTap, MetTap)
ENDED_WITH_LIVE = {tap.__prefix__: len(tap.model_fields) for tap in (*EVENTS, *MENTORING)}
"""How many fields a tap has whose last one was once `live`: 0 under a message that stays, else 1."""

GAINED = {tap.__prefix__: len(tap.model_fields) - 1 for tap in (BeginTap, HistoryTap, IntroTap)}
"""How many fields a tap has but its last, which it gained later: without it 0 is meant."""


def renewed(data: str) -> str:
    """Returns a button's data as it is made now."""
    prefix, *fields = data.split(":")
    if prefix in STOOD_BELOW:
        return BELOW + STOOD_BELOW[prefix].pack()
    if len(fields) - 1 == ENDED_WITH_LIVE.get(prefix):
        *fields, live = fields
        return ("" if live == "1" else BELOW) + ":".join((prefix, *fields))
    return f"{data}:0" if len(fields) == GAINED.get(prefix) else data
