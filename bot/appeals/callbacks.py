"""Buttons of appeals. `application` is checked again against who taps."""

from aiogram.filters.callback_data import CallbackData


class AppealTap(CallbackData, prefix="al"):
    """Where the appeal of an application stands, or how to make one."""

    application: int


class AppealWriteTap(CallbackData, prefix="al_w"):
    """To say why it should be looked at again."""

    application: int


class AppealWithdrawTap(CallbackData, prefix="al_x"):
    """Takes the appeal back; `sure` after being asked."""

    application: int
    sure: bool = False
