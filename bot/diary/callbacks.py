"""Taps of one's own diary. A month is its first day as an ordinal, 0 for this one."""

from aiogram.filters.callback_data import CallbackData


class OpenDiaryTap(CallbackData, prefix="dy"):
    """A month of one's own diary."""

    month: int = 0
    page: int = 0


class DiaryAddTap(CallbackData, prefix="dy_a"):
    """What a new line is of."""

    page: int = 0


class DiaryKindTap(CallbackData, prefix="dy_k"):
    """A new line of this activity: its words are next."""

    activity_id: int


class DiaryLineTap(CallbackData, prefix="dy_l"):
    """One line."""

    diary_id: int


class DiarySayTap(CallbackData, prefix="dy_s"):
    """Other words for a line."""

    diary_id: int


class DiaryDaysTap(CallbackData, prefix="dy_w"):
    """On which day it was."""

    diary_id: int


class DiaryDayTap(CallbackData, prefix="dy_d"):
    """It was on this day."""

    diary_id: int
    day: int


class DiaryDropTap(CallbackData, prefix="dy_x"):
    """Deletes a line; with `sure` it is meant."""

    diary_id: int
    sure: bool = False


class DiaryFileTap(CallbackData, prefix="dy_f"):
    """A month as a file."""

    month: int
