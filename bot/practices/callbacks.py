"""Taps of practices: what everybody finds, one's own ones, those that one is to look at."""

from aiogram.filters.callback_data import CallbackData

from db.practices.models import PracticeVerdict
from db.practices.rules import PracticePart


class OpenPracticesTap(CallbackData, prefix="pr"):
    """What one may do with practices."""


class PracticeListTap(CallbackData, prefix="pr_l"):
    """A page of what everybody may find: of all, of a component, or by the words that were typed."""

    page: int = 0
    component: str = ""
    typed: bool = False


class PracticeComponentsTap(CallbackData, prefix="pr_f"):
    """For which component."""


class PracticeSearchTap(CallbackData, prefix="pr_s"):
    """To type what one looks for."""


class PracticeCardTap(CallbackData, prefix="pr_c"):
    """One practice."""

    practice_id: int


class PracticeLessonTap(CallbackData, prefix="pr_h"):
    """How to try it in one lesson, a page of it."""

    practice_id: int
    page: int = 0


class PracticeFilesTap(CallbackData, prefix="pr_g"):
    """Its files."""

    practice_id: int


class PracticeTryTap(CallbackData, prefix="pr_t"):
    """It becomes the next step of the own route."""

    practice_id: int


class PracticeAppliedTap(CallbackData, prefix="pr_a"):
    """It was applied: a line about it follows."""

    practice_id: int


class PracticesOwnTap(CallbackData, prefix="pr_m"):
    """One's own practices."""

    page: int = 0


class PracticesTriedTap(CallbackData, prefix="pr_j"):
    """What one tries or has applied."""

    page: int = 0


class PracticeNewTap(CallbackData, prefix="pr_n"):
    """Proposes one."""


class PracticeDraftTap(CallbackData, prefix="pr_d"):
    """All that was told of an own practice."""

    practice_id: int


class PracticePartTap(CallbackData, prefix="pr_p"):
    """Tells a part anew."""

    practice_id: int
    part: PracticePart


class PracticeServesTap(CallbackData, prefix="pr_k"):
    """For which components it is: without one the list, else in or out."""

    practice_id: int
    component: str = ""


class PracticeUploadsTap(CallbackData, prefix="pr_u"):
    """Files of an own practice; with one, it is taken out."""

    practice_id: int
    file_id: int = 0


class PracticeSendTap(CallbackData, prefix="pr_q"):
    """Sends it to the methodists."""

    practice_id: int


class PracticeWithdrawTap(CallbackData, prefix="pr_w"):
    """Takes it back, when it is meant."""

    practice_id: int
    sure: bool = False


class PracticeResumeTap(CallbackData, prefix="pr_r"):
    """A withdrawn one is a draft again."""

    practice_id: int


class PracticeStillTap(CallbackData, prefix="pr_y"):
    """Whether one still does so."""

    practice_id: int
    still: bool


class PracticeTasksTap(CallbackData, prefix="pr_e"):
    """What one is to look at."""

    page: int = 0


class PracticeTaskTap(CallbackData, prefix="pr_o"):
    """One of them, a page of its words."""

    expert_id: int
    page: int = 0


class PracticeVerdictTap(CallbackData, prefix="pr_v"):
    """An expert's verdict: the remark follows."""

    expert_id: int
    verdict: PracticeVerdict


class PublicationsTap(CallbackData, prefix="pr_b"):
    """Materials of the region for all."""

    page: int = 0
