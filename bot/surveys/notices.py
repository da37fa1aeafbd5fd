"""What the bot says unasked about surveys, per kind of notice: pure, t + params -> Screen."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from bot.surveys.callbacks import SurveyGoOnTap
from bot.ui.screens import Button, Screen, menu_row
from db.surveys.notices import UNFINISHED
from locales import Texts


def unfinished(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """A survey waits for its last replies."""
    tap = SurveyGoOnTap(attempt=params["attempt_id"])
    return Screen(t("surveys.notice.unfinished"), [[Button(t.plain("surveys.continue"), tap, below=True)], menu_row(t)])


NOTICES: dict[str, Callable[[Texts, dict[str, Any], ZoneInfo], Screen]] = {UNFINISHED: unfinished}
