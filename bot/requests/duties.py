"""Requests for help that wait for an active member's answer."""

from bot.nouns import Duty
from bot.requests.callbacks import OpenRequestsTap
from bot.ui.screens import Button
from db.requests.queries import waiting_count
from locales import Texts


def _open(t: Texts) -> Button:
    return Button(t.plain("requests.to_answer"), OpenRequestsTap())


DUTIES = (Duty(10, waiting_count, "active.duty.requests", _open),)
