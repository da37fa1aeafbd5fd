"""Every kind of notice and how it is said: what the outbox renders with."""

from typing import Any
from zoneinfo import ZoneInfo

from bot.notices.callbacks import FewerTap
from bot.nouns import NOTICES, Renderer
from bot.nouns import RECEIPTS as MADE
from bot.ui.receipts import Make
from bot.ui.screens import Button, Screen, as_receipt
from db.nouns import parts
from locales import Texts

RECEIPTS: dict[str, Make] = {kind: make for part in parts(MADE).values() for kind, make in part.RECEIPTS.items()}
BY_KIND: dict[str, Renderer] = {kind: said for part in parts(NOTICES).values() for kind, said in part.NOTICES.items()}


def rendered(t: Texts, *, kind: str, params: dict[str, Any], expected: bool, zone: ZoneInfo) -> Screen:
    """The message of a notice; one that nobody asked for ends with «реже». Raises KeyError for an unknown kind."""
    screen = as_receipt(BY_KIND[kind](t, params, zone))
    if expected:
        return screen
    return Screen(screen.text, [*screen.rows, [Button(t.plain("notices.fewer"), FewerTap(), below=True)]])
