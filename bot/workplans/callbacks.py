"""Taps of a group's plan."""

from aiogram.filters.callback_data import CallbackData


class WorkplanTap(CallbackData, prefix="wp"):
    """A group's plan; `ahead` is the next school year's."""

    group_id: int
    ahead: bool = False
    page: int = 0


class WorkAddTap(CallbackData, prefix="wp_n"):
    """«Добавить строку»."""

    group_id: int
    ahead: bool = False


class WorkLineTap(CallbackData, prefix="wp_l"):
    """One line."""

    line_id: int


class WorkTermsTap(CallbackData, prefix="wp_w"):
    """«Срок»: which of them."""

    line_id: int


class WorkTermTap(CallbackData, prefix="wp_t"):
    """When a line is due: a month's number or how often."""

    line_id: int
    often: str


class WorkDoneTap(CallbackData, prefix="wp_d"):
    """«Сделано»: this slot of the line."""

    line_id: int
    slot: int


class WorkShownTap(CallbackData, prefix="wp_s"):
    """By what it was done: a meeting or an event."""

    line_id: int
    slot: int
    way: str
    of_id: int


class WorkUndoneTap(CallbackData, prefix="wp_u"):
    """It was a wrong tap."""

    line_id: int
    slot: int


class WorkDropTap(CallbackData, prefix="wp_x"):
    """«Убрать из плана»: asked once, done when `sure`."""

    line_id: int
    sure: bool = False
