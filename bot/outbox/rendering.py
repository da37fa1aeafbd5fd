"""What the outbox asks of whoever knows the nouns: a notice as a message."""

from collections.abc import Awaitable
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from aiogram import Bot

from bot.context import Context
from bot.ui.receipts import Attachment
from bot.ui.screens import Screen
from db.notices.outbox import Outgoing
from locales import Texts

CHANGES_COMMANDS = frozenset({"people.role_given"})
"""Kinds that tell of something Telegram's own menu has to show; it changes just before they are said."""


class Render(Protocol):
    """Makes the message of a notice. What it raises buries this one notice."""

    def __call__(self, t: Texts, *, kind: str, params: dict[str, Any], expected: bool, zone: ZoneInfo) -> Screen:
        """The message in the person's language; one that nobody asked for (not `expected`) can be turned down."""


class Make(Protocol):
    """Makes a receipt: a message of what is true now, and its file if it has one."""

    def __call__(
        self, bot: Bot, context: Context, t: Texts, outgoing: Outgoing, /
    ) -> Awaitable[tuple[Screen, Attachment | None]]:
        """In the person's language. What it raises buries this one notice, a lost line or a full disk excepted."""
