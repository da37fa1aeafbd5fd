"""Taps of an active member."""

from aiogram.filters.callback_data import CallbackData


class OpenActiveTap(CallbackData, prefix="am"):
    """What one does in the methodical active."""
