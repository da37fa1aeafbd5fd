"""Taps of one's own calendar."""

from aiogram.filters.callback_data import CallbackData


class FeedTap(CallbackData, prefix="cal_f"):
    """The address of one's own calendar; the first tap makes it."""


class AskNewFeedTap(CallbackData, prefix="cal_q"):
    """Asks whether another address is meant."""


class NewFeedTap(CallbackData, prefix="cal_n"):
    """Another address: the former one opens nothing any more."""
