"""What the buttons of one's own indicators carry."""

from aiogram.filters.callback_data import CallbackData


class OwnIndicatorsTap(CallbackData, prefix="ind"):
    """«Мои показатели» of a period; 0 is the last that has begun."""

    period_id: int = 0
    page: int = 0
