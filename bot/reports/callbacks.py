"""What the buttons of the day's figures carry."""

from aiogram.filters.callback_data import CallbackData


class SummaryTap(CallbackData, prefix="smy"):
    """The day's figures, for whoever has an account of the panel."""
