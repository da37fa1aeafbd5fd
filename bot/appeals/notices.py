"""What is said of appeals without being asked: to teachers the answer, to staff that its term comes near."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

from bot.applications.callbacks import OpenApplicationTap
from bot.people.callbacks import PanelTap
from bot.requests.callbacks import OpenAskTap
from bot.ui.screens import Button, Screen
from locales import Texts


def dismissed(t: Texts, params: dict[str, Any], _zone: ZoneInfo) -> Screen:
    """Somebody else has looked at it and explains why the refusal stands."""
    said = "appeals.notice.dismissed" if params.get("answer") else "appeals.notice.dismissed.wordless"
    text = t(said, **{**params, "number": params.get("number") or ""})
    ask = Button(t.plain("appeals.ask_human"), OpenAskTap(), below=True)
    return Screen(text, [[Button(t.plain("applications.open"), OpenApplicationTap(), below=True), ask]])


def due(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """The term of an answer ends tomorrow."""
    last = (datetime.fromisoformat(params["until"]) - timedelta(seconds=1)).astimezone(zone)
    text = t("appeals.notice.due", number=params.get("number") or "", day=format_date(last, "d MMMM", locale=t.formats))
    return Screen(text, [[Button(t.plain("appeals.panel_open"), PanelTap(), below=True)]])


NOTICES = {"appeals.dismissed": dismissed, "appeals.due": due}
