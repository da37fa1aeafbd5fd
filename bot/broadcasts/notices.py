"""How a broadcast is said: pure, t + params -> Screen."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from bot.screens import Screen, menu_row
from db.broadcasts.services import SAID
from locales import Texts

Params = dict[str, Any]


def said(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """The service's own words under its name."""
    return Screen(t("broadcasts.said", text=params["text"]), [menu_row(t)])


NOTICES: dict[str, Callable[[Texts, Params, ZoneInfo], Screen]] = {SAID: said}
