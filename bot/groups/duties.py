"""Groups that an active member heads."""

from bot.groups.callbacks import OpenGroupsTap
from bot.nouns import Duty
from bot.ui.screens import Button
from db.groups.queries import headed
from locales import Texts


def _open(t: Texts) -> Button:
    return Button(t.plain("menu.groups"), OpenGroupsTap())


DUTIES = (Duty(50, headed, "active.duty.groups", _open),)
