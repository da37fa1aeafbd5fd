"""What the bot says unasked about monitoring, per kind of notice: pure, t + params -> Screen."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.diagnostics.callbacks import OpenDiagnosticsTap
from bot.ui.moments import full_date
from bot.ui.screens import Button, Screen, menu_row, short
from db.indicators import notices
from locales import Texts

LONGEST = 200


def invited(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """A wave of self-diagnosis has begun."""
    until = full_date(t, datetime.fromisoformat(params["until"]), zone)
    text = t("indicators.invited", title=short(params["title"], LONGEST), until=until)
    return Screen(text, [[Button(t.plain("indicators.invited.go"), OpenDiagnosticsTap(), below=True)], menu_row(t)])


NOTICES: dict[str, Callable[[Texts, dict[str, Any], ZoneInfo], Screen]] = {notices.INVITED: invited}
