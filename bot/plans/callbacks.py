"""Taps of one's own lines of the plan."""

from aiogram.filters.callback_data import CallbackData


class OpenPlanTap(CallbackData, prefix="pl"):
    """The lines that one answers for."""

    page: int = 0


class PlanLineTap(CallbackData, prefix="pl_l"):
    """One line."""

    line_id: int


class PlanDoneTap(CallbackData, prefix="pl_d"):
    """«Сделано»: this slot of the line."""

    line_id: int
    slot: int


class PlanUndoneTap(CallbackData, prefix="pl_u"):
    """It was a wrong tap."""

    line_id: int
    slot: int
