"""Taps of diagnostics. An attempt's version never changes, so an item's code and a component's number stay true."""

from aiogram.filters.callback_data import CallbackData

from db.diagnostics.services import ResultReader


class OpenDiagnosticsTap(CallbackData, prefix="dg"):
    """The next question, the last result or the first page, whichever is due."""


class InstrumentTap(CallbackData, prefix="dg_k"):
    """The same by one of several instruments."""

    instrument: int


class IntroTap(CallbackData, prefix="dg_i"):
    """Back to the first page of an open attempt: what this is."""

    attempt: int


class BeginTap(CallbackData, prefix="dg_b"):
    """«Начать»; 0 stands for the first instrument."""

    instrument: int


class GoOnTap(CallbackData, prefix="dg_c"):
    """«Продолжить»: the next question of an open attempt."""

    attempt: int


class QuestionTap(CallbackData, prefix="dg_q"):
    """One question of an open attempt."""

    attempt: int
    item: str


class GivenTap(CallbackData, prefix="dg_g"):
    """The answers given so far, a component (from 0) a page."""

    attempt: int
    number: int


class AnswerTap(CallbackData, prefix="dg_a"):
    """An answer; without a value «не про мою работу»."""

    attempt: int
    item: str
    value: int | None


class PauseTap(CallbackData, prefix="dg_x"):
    """«Выйти»: the answers stay."""

    attempt: int


class FinishTap(CallbackData, prefix="dg_f"):
    """«Показать результат»."""

    attempt: int


class ResultTap(CallbackData, prefix="dg_r"):
    """A result."""

    attempt: int


class DetailTap(CallbackData, prefix="dg_d"):
    """One component of a result, by its number from 0."""

    attempt: int
    number: int


class ResultMoreTap(CallbackData, prefix="dg_m"):
    """What else can be done with a result."""

    attempt: int


class PictureTap(CallbackData, prefix="dg_p"):
    """The result as a picture, once more."""

    attempt: int


class ResultFileTap(CallbackData, prefix="dg_l"):
    """The result as a file to keep."""

    attempt: int


class SharingTap(CallbackData, prefix="dg_w"):
    """Who sees this result."""

    attempt: int


class ShareTap(CallbackData, prefix="dg_sh"):
    """Opens or closes a result to somebody."""

    attempt: int
    audience: ResultReader
    opened: bool


class HistoryTap(CallbackData, prefix="dg_h"):
    """Own results by one instrument; 0 stands for the first."""

    page: int
    instrument: int


class SiteTap(CallbackData, prefix="dg_s"):
    """A site that helps, from a result."""

    attempt: int
    site: int
