"""What the bot says unasked of proposals: pure, t + params -> Screen."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from bot.ui.screens import Screen, short
from db.motions.notices import DECIDED
from locales import Texts

Params = dict[str, Any]
TARGET, CHANGE, ANSWER = 100, 250, 250
"""So much of each fits a screen."""


def decided(t: Texts, params: Params, zone: ZoneInfo) -> Screen:
    """A proposal was answered."""
    key = "motions.notice.accepted" if params["accepted"] else "motions.notice.declined"
    return Screen(
        t(
            key,
            target=short(params["target"], TARGET),
            change=short(params["change"], CHANGE),
            answer=short(params["answer"], ANSWER),
        )
    )


NOTICES: dict[str, Callable[[Texts, Params, ZoneInfo], Screen]] = {DECIDED: decided}
