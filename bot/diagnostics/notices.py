"""What the bot says unasked about diagnostics, per kind of notice: pure, t + params -> Screen."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from bot.diagnostics.callbacks import GoOnTap, ResultTap
from bot.ui.screens import Button, Screen, menu_row
from db.diagnostics.notices import RETEST, UNFINISHED
from locales import Texts


def unfinished(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """An attempt waits for its last answers."""
    text, tap = t("diagnostics.notice.unfinished"), GoOnTap(attempt=params["attempt_id"])
    return Screen(text, [[Button(t.plain("diagnostics.continue"), tap, below=True)], menu_row(t)])


def retest(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """Half a year has passed."""
    tap = ResultTap(attempt=params["attempt_id"])
    return Screen(
        t("diagnostics.notice.retest"),
        [[Button(t.plain("diagnostics.see"), tap, below=True)], menu_row(t)],
    )


NOTICES: dict[str, Callable[[Texts, dict[str, Any], ZoneInfo], Screen]] = {UNFINISHED: unfinished, RETEST: retest}
