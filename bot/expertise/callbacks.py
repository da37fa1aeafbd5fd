"""Taps of one's own expert work, and of difficulties that were seen."""

from aiogram.filters.callback_data import CallbackData


class OpenExpertiseTap(CallbackData, prefix="xw"):
    """One's own expert work."""

    page: int = 0


class ExpertWorkTap(CallbackData, prefix="xw_c"):
    """One piece of work."""

    work_id: int


class ExpertAcceptTap(CallbackData, prefix="xw_a"):
    """I will do it."""

    work_id: int


class ExpertWhyTap(CallbackData, prefix="xw_w"):
    """I will not: why."""

    work_id: int


class ExpertDeclineTap(CallbackData, prefix="xw_d"):
    """I will not; with `relative`, because a relative works there."""

    work_id: int
    relative: bool = False


class DifficultiesTap(CallbackData, prefix="df"):
    """Difficulties that were seen at what a line of one's diary tells of."""

    diary_id: int


class DifficultyTap(CallbackData, prefix="df_c"):
    """How many had difficulties of a component."""

    diary_id: int
    component: str


class DifficultyPeopleTap(CallbackData, prefix="df_n"):
    """So many."""

    diary_id: int
    component: str
    people: int
