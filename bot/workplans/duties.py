"""What is pressing in the plans of the groups that an active member heads."""

from bot.groups.callbacks import OpenGroupsTap
from bot.nouns import Duty
from bot.ui.screens import Button
from db.workplans.queries import open_count
from locales import Texts


def _open(t: Texts) -> Button:
    return Button(t.plain("workplans.duty.open"), OpenGroupsTap())


DUTIES = (Duty(51, open_count, "active.duty.workplans", _open),)
