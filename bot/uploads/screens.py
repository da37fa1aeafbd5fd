"""The screen with a one-time link for files."""

from bot.applications.callbacks import CriterionTap
from bot.ui.screens import Button, Screen, menu_row, paragraphs
from bot.uploads.callbacks import UploadLinkTap
from db.uploads.rules import LASTS
from locales import Texts

MINUTES = int(LASTS.total_seconds()) // 60


def given(t: Texts, tap: UploadLinkTap, address: str) -> Screen:
    """The link and how long it works. Telegram opens public addresses from a button; others stand in the text."""
    back = [Button(t.plain("uploads.back"), CriterionTap(application=tap.application, number=tap.number))]
    said = t("uploads.given", minutes=MINUTES)
    if address.startswith("https://"):
        return Screen(said, [[Button(t.plain("uploads.open"), url=address)], back, menu_row(t)])
    return Screen(paragraphs(said, t("uploads.address", url=address)), [back, menu_row(t)])
