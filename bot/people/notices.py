"""What the bot says unasked about people, per kind of notice: pure, t + params -> Screen."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from bot.ui.screens import Screen, menu_row
from locales import Texts


def role_given(t: Texts, params: dict[str, Any], zone: ZoneInfo) -> Screen:
    """A methodist has given the person a role."""
    return Screen(t(f"people.notice.role_given.{params['role']}"), [menu_row(t)])


NOTICES: dict[str, Callable[[Texts, dict[str, Any], ZoneInfo], Screen]] = {"people.role_given": role_given}
