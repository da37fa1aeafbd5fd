"""Taps about people who are close."""

from aiogram.filters.callback_data import CallbackData

from db.ties.models import TieKind


class OpenTiesTap(CallbackData, prefix="ti"):
    """Whom I declared close."""


class AddTieTap(CallbackData, prefix="ti_a"):
    """To name one more."""

    kind: TieKind


class UntieTap(CallbackData, prefix="ti_x"):
    """Not any more."""

    tie_id: int
