"""Taps of what the centre recommends after a result."""

from aiogram.filters.callback_data import CallbackData


class AdviceTap(CallbackData, prefix="av"):
    """One piece of advice after a result, by its number from 0."""

    attempt: int
    number: int = 0
