"""Buttons of workshops."""

from aiogram.filters.callback_data import CallbackData


class OpenWorkshopsTap(CallbackData, prefix="ws"):
    """«Мастерские»."""
