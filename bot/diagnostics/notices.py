"""What the bot says unasked about diagnostics, per kind of notice: pure, t + params -> Screen."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from bot.screens import Screen
from locales import Texts

NOTICES: dict[str, Callable[[Texts, dict[str, Any], ZoneInfo], Screen]] = {}
