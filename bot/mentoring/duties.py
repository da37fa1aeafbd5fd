"""Whom an active member accompanies."""

from bot.mentoring.callbacks import OpenMentoringTap
from bot.nouns import Duty
from bot.ui.screens import Button
from db.mentoring.queries import accompanied
from locales import Texts


def _open(t: Texts) -> Button:
    return Button(t.plain("menu.mentoring"), OpenMentoringTap())


DUTIES = (Duty(40, accompanied, "active.duty.accompanied", _open),)
