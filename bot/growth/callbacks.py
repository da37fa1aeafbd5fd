"""Taps of one's own papers."""

from aiogram.filters.callback_data import CallbackData

from db.growth.queries import Paper


class OpenPapersTap(CallbackData, prefix="gw"):
    """Which papers there are."""


class PaperTap(CallbackData, prefix="gw_p"):
    """One paper, please; `code` is the category of a dossier."""

    paper: Paper
    code: str = ""
