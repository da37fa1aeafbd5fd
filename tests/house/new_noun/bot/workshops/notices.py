"""How notices of workshops are said."""

from typing import Any
from zoneinfo import ZoneInfo

from bot.ui.screens import Screen
from locales import Texts


def soon(t: Texts, _params: dict[str, Any], _zone: ZoneInfo) -> Screen:
    """It begins."""
    return Screen(t("workshops.title"), [])


NOTICES = {"workshops.soon": soon}
