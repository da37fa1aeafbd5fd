"""Buttons of notices."""

from aiogram.filters.callback_data import CallbackData


class FewerTap(CallbackData, prefix="no"):
    """«Реже» under a message nobody asked for."""


class RemindersTap(CallbackData, prefix="nor"):
    """Reminders off or on again."""

    on: bool
