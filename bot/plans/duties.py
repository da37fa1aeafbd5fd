"""Lines of the plan that an active member answers for."""

from bot.nouns import Duty
from bot.plans.callbacks import OpenPlanTap
from bot.ui.screens import Button
from db.plans.queries import own_count
from locales import Texts


def _open(t: Texts) -> Button:
    return Button(t.plain("menu.plan"), OpenPlanTap())


DUTIES = (Duty(30, own_count, "active.duty.plan", _open),)
