"""What the bot says unasked to an active member, per kind of notice: pure, t + params -> Screen."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.ui.moments import full_date
from bot.ui.screens import Screen, menu_row, short
from db.active.notices import OVER
from locales import Texts

NAME = 200


def over(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """The term in the active is over."""
    day = full_date(t, datetime.fromisoformat(params["until"]), zone)
    direction = params["direction"]
    if not direction:
        return Screen(t("active.notice.over", day=day), [menu_row(t)])
    return Screen(t("active.notice.over_of", direction=short(direction, NAME), day=day), [menu_row(t)])


NOTICES: dict[str, Callable[[Texts, dict[str, Any], ZoneInfo], Screen]] = {OVER: over}
