"""Taps of mentoring."""

from aiogram.filters.callback_data import CallbackData


class OpenMentoringTap(CallbackData, prefix="me"):
    """My mentees, or my mentor."""

    page: int = 0


class PairTap(CallbackData, prefix="me_p"):
    """One pair."""

    pair_id: int


class LevelsTap(CallbackData, prefix="me_l"):
    """The result that the mentee has opened to the mentor."""

    pair_id: int


class AskTap(CallbackData, prefix="me_a"):
    """«Попросить о встрече»."""

    pair_id: int


class PlanTap(CallbackData, prefix="me_n"):
    """Which day: for a new meeting, or for one that moves."""

    pair_id: int
    meeting_id: int = 0


class DayTap(CallbackData, prefix="me_d"):
    """Which hour of a day (its ordinal number)."""

    pair_id: int
    meeting_id: int
    day: int


class TimeTap(CallbackData, prefix="me_t"):
    """The chosen day and minute of the day."""

    pair_id: int
    meeting_id: int
    day: int
    minute: int


class MeetingTap(CallbackData, prefix="me_m"):
    """One meeting."""

    meeting_id: int


class CancelMeetingTap(CallbackData, prefix="me_x"):
    """«Отменить» or «Не смогу»: asked once, done when `sure`."""

    meeting_id: int
    sure: bool = False


class LogTap(CallbackData, prefix="me_g"):
    """Whether a meeting took place."""

    meeting_id: int
    held: bool


class MetTap(CallbackData, prefix="me_e"):
    """«Уже встретились», without a plan: asks on which day."""

    pair_id: int


class MetDaysTap(CallbackData, prefix="me_w"):
    """Days of an earlier week."""

    pair_id: int
    page: int


class MetOnTap(CallbackData, prefix="me_y"):
    """They have met on a day (its ordinal number)."""

    pair_id: int
    day: int


class UnmetTap(CallbackData, prefix="me_u"):
    """Takes back a meeting that «Уже встретились» has written."""

    meeting_id: int


class NoteTap(CallbackData, prefix="me_o"):
    """To write or change the note of a held meeting."""

    meeting_id: int
