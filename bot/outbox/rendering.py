"""What the outbox asks of whoever knows the nouns: a notice as a message."""

from typing import Any, Protocol
from zoneinfo import ZoneInfo

from bot.ui.screens import Screen
from locales import Texts

CHANGES_COMMANDS = frozenset({"people.role_given"})
"""Kinds that tell of something Telegram's own menu has to show; it changes just before they are said."""


class Render(Protocol):
    """Makes the message of a notice. What it raises buries this one notice."""

    def __call__(self, t: Texts, *, kind: str, params: dict[str, Any], expected: bool, zone: ZoneInfo) -> Screen:
        """The message in the person's language; one that nobody asked for (not `expected`) can be turned down."""
