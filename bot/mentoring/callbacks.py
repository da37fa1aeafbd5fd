"""Buttons of mentoring."""

from aiogram.filters.callback_data import CallbackData


class OpenTap(CallbackData, prefix="me"):
    """Pairs and meetings, from the menu."""
