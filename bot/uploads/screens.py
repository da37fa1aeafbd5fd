"""The screen with a one-time link for files."""

from bot.ui.screens import Button, Screen, menu_row, paragraphs
from db.uploads.rules import LASTS
from locales import Texts

MINUTES = int(LASTS.total_seconds()) // 60


def given(t: Texts, back: Button, address: str) -> Screen:
    """The link and how long it works. Telegram opens public addresses from a button; others stand in the text."""
    said = t("uploads.given", minutes=MINUTES)
    if address.startswith("https://"):
        return Screen(said, [[Button(t.plain("uploads.open"), url=address)], [back], menu_row(t)])
    return Screen(paragraphs(said, t("uploads.address", url=address)), [[back], menu_row(t)])
