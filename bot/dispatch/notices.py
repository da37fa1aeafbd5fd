"""Every kind of notice and how it is said: what the outbox renders with."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from bot.applications import notices as applications
from bot.broadcasts import notices as broadcasts
from bot.diagnostics import notices as diagnostics
from bot.events import notices as events
from bot.mentoring import notices as mentoring
from bot.notices.callbacks import FewerTap
from bot.people import notices as people
from bot.ui.screens import Button, Screen, as_receipt
from locales import Texts

Renderer = Callable[[Texts, dict[str, Any], ZoneInfo], Screen]

NOTICES: dict[str, Renderer] = {
    **people.NOTICES,
    **diagnostics.NOTICES,
    **applications.NOTICES,
    **events.NOTICES,
    **mentoring.NOTICES,
    **broadcasts.NOTICES,
}


def rendered(t: Texts, *, kind: str, params: dict[str, Any], expected: bool, zone: ZoneInfo) -> Screen:
    """The message of a notice; one that nobody asked for ends with «реже». Raises KeyError for an unknown kind."""
    screen = as_receipt(NOTICES[kind](t, params, zone))
    if expected:
        return screen
    return Screen(screen.text, [*screen.rows, [Button(t.plain("notices.fewer"), FewerTap())]])
