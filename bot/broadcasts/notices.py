"""How a broadcast is said: pure, t + params -> Screen."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from bot.notices.callbacks import FewerTap
from bot.ui.screens import Button, Screen, menu_row, paragraphs
from db.broadcasts.staff_services import BROADCAST
from locales import Texts
from locales.broadcasts import said_text

Params = dict[str, Any]


def said(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The service's own words under its name; a trial has the buttons that everybody will have."""
    text = said_text(t, params)
    if not params.get("trial"):
        return Screen(text, [menu_row(t)])
    fewer = Button(t.plain("notices.fewer"), FewerTap())
    return Screen(paragraphs(text, t("broadcasts.trial")), [menu_row(t), [fewer]])


NOTICES: dict[str, Callable[[Texts, Params, ZoneInfo], Screen]] = {BROADCAST: said}
