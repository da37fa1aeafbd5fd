"""The screens of a one-time link for files: a new one, and one that has served."""

from bot.applications.callbacks import OpenApplicationTap
from bot.training.callbacks import OpenTrainingTap
from bot.ui.screens import Button, Screen, menu_row, paragraphs, short
from bot.uploads.callbacks import RecordLinkTap, UploadLinkTap
from db.uploads.queries import LinkPlace
from db.uploads.rules import LASTS
from locales import Texts

MINUTES = int(LASTS.total_seconds()) // 60


def given(t: Texts, back: Button, address: str) -> Screen:
    """The link and how long it works. Telegram opens public addresses from a button; others stand in the text."""
    said = t("uploads.given", minutes=MINUTES)
    if address.startswith("https://"):
        return Screen(said, [[Button(t.plain("uploads.open"), url=address)], [back], menu_row(t)])
    return Screen(paragraphs(said, t("uploads.address", url=address)), [[back], menu_row(t)])


def over(t: Texts, place: LinkPlace | None) -> Screen:
    """Says that a link has served and how to get a new one: by one tap, as long as it is known where the last one led.

    Else by the two places where links are asked for.
    """
    rows = [
        [Button(t.plain("uploads.over.application"), OpenApplicationTap())],
        [Button(t.plain("uploads.over.training"), OpenTrainingTap())],
    ]
    if place is None:
        return Screen(t("uploads.over"), [*rows, menu_row(t)])
    again = (
        RecordLinkTap(record_id=place.record_id)
        if place.record_id is not None
        else UploadLinkTap(application=place.application_id or 0, number=place.number or 0)
    )
    text = paragraphs(t("uploads.over.last"), t("uploads.over.part", name=short(place.name, 120)) if place.name else "")
    return Screen(text, [[Button(t.plain("uploads.over.new"), again)], *rows, menu_row(t)])
