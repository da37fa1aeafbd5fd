"""Taps of mentoring."""

from aiogram.filters.callback_data import CallbackData

from db.mentoring.models import EndReason
from db.mentoring.papers import PairPaper


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


class RepeatTap(CallbackData, prefix="me_rr"):
    """«Повторять»: asks until which day."""

    meeting_id: int
    weeks: int


class UntilTap(CallbackData, prefix="me_ru"):
    """It comes back until a day (its ordinal number)."""

    meeting_id: int
    weeks: int
    day: int


class MoveSeriesTap(CallbackData, prefix="me_rm"):
    """The later ones of the series move to the weekday and hour of this one."""

    meeting_id: int


class CancelSeriesTap(CallbackData, prefix="me_rx"):
    """One meeting and all later ones of its series are cancelled; it stands beside the question about the one."""

    meeting_id: int


class PairCalendarTap(CallbackData, prefix="me_rc"):
    """The planned meetings of a pair as a calendar file."""

    pair_id: int


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


class VisitTap(CallbackData, prefix="me_vi"):
    """A meeting was a visit to a lesson, or not after all."""

    meeting_id: int
    on: bool


class GoalsTap(CallbackData, prefix="me_go"):
    """To write or change the goals of a pair."""

    pair_id: int


class PairPaperTap(CallbackData, prefix="me_pp"):
    """A paper of the pair as a file."""

    pair_id: int
    paper: PairPaper


class LeavingTap(CallbackData, prefix="me_k"):
    """«Пауза или расставание»: asks which, nothing is done yet."""

    pair_id: int


class PairPauseTap(CallbackData, prefix="me_kr"):
    """The pair rests, or works again."""

    pair_id: int
    on: bool


class PartTap(CallbackData, prefix="me_kp"):
    """The pair parts, and why."""

    pair_id: int
    reason: EndReason


class MentorTap(CallbackData, prefix="me_b"):
    """«Карточка наставника»."""


class StrengthsTap(CallbackData, prefix="me_s"):
    """What a mentor can help with."""


class StrengthTap(CallbackData, prefix="me_sp"):
    """One strength, there or not."""

    component: str
    on: bool


class MentorDirectionsTap(CallbackData, prefix="me_r"):
    """On which directions a mentor works."""

    page: int = 0


class MentorDirectionTap(CallbackData, prefix="me_rp"):
    """One direction, there or not."""

    direction_id: int
    on: bool
    page: int


class MentorPlacesTap(CallbackData, prefix="me_f"):
    """How many mentees at once."""


class MentorPlaceTap(CallbackData, prefix="me_fp"):
    """So many."""

    places: int


class RestTap(CallbackData, prefix="me_z"):
    """To be proposed to nobody for a while, or again."""

    on: bool


class DigestTap(CallbackData, prefix="me_j"):
    """The weekly summary, wanted or not."""

    on: bool


class WishTap(CallbackData, prefix="me_i"):
    """«Хочу наставника»: asks what with."""


class WishForTap(CallbackData, prefix="me_ip"):
    """A mentor is wished for one component, or for anything."""

    component: str = ""


class UnwishTap(CallbackData, prefix="me_iu"):
    """No mentor is looked for any more."""


class ProposalTap(CallbackData, prefix="me_q"):
    """One proposal of a pair."""

    pair_id: int


class ProposalAnswerTap(CallbackData, prefix="me_qa"):
    """Yes or no to it."""

    pair_id: int
    agreed: bool


class WhyTap(CallbackData, prefix="me_qw"):
    """Why it was a no."""

    pair_id: int
    reason: EndReason
