"""What the bot says unasked about diagnostics, per kind of notice: pure, t + params -> Screen."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from bot.diagnostics.callbacks import OpenDiagnosticsTap
from bot.ui.screens import Button, Screen, menu_row
from db.diagnostics.notices import RETEST, UNFINISHED
from locales import Texts


def unfinished(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """An attempt waits for its last answers."""
    text = t("diagnostics.notice.unfinished")
    return Screen(text, [[Button(t.plain("diagnostics.continue"), OpenDiagnosticsTap(), below=True)], menu_row(t)])


def retest(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """Half a year has passed."""
    return Screen(
        t("diagnostics.notice.retest"),
        [[Button(t.plain("diagnostics.see"), OpenDiagnosticsTap(), below=True)], menu_row(t)],
    )


NOTICES: dict[str, Callable[[Texts, dict[str, Any], ZoneInfo], Screen]] = {UNFINISHED: unfinished, RETEST: retest}
