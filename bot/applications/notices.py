"""What is said of applications without being asked."""

from typing import Any
from zoneinfo import ZoneInfo

from bot.applications import screens_steps
from bot.applications.callbacks import OpenApplicationTap
from bot.ui.screens import Button, Screen
from locales import Texts
from locales.decisions import decided_text


def decided(t: Texts, params: dict[str, Any], _zone: ZoneInfo) -> Screen:
    """A decision with its reasons and a way to the application."""
    label = "applications.mend" if params["verdict"] == "return" else "applications.open"
    appeal = bool(params.get("appeal_until"))
    ways = screens_steps.after_refusal(t, params["application"], params.get("step"), appeal=appeal, below=True)
    return Screen(decided_text(t, params), [*ways, [Button(t.plain(label), OpenApplicationTap(), below=True)]])


def reopened(t: Texts, params: dict[str, Any], _zone: ZoneInfo) -> Screen:
    """A decision is being taken up again, why, and a way to the application."""
    said = "applications.notice.reopened.another" if params.get("another") else "applications.notice.reopened"
    return Screen(
        t(said, **params),
        [[Button(t.plain("applications.open"), OpenApplicationTap(), below=True)]],
    )


NOTICES = {"applications.decided": decided, "applications.reopened": reopened}
