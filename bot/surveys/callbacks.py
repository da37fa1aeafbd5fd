"""Taps of surveys. A walk's version never changes, so a question's code and an option's number stay true."""

from aiogram.filters.callback_data import CallbackData


class SurveyTap(CallbackData, prefix="sv"):
    """The next question or the first page of a survey, whichever is due."""

    instrument: int


class SurveyBeginTap(CallbackData, prefix="sv_b"):
    """«Начать»."""

    instrument: int


class SurveyGoOnTap(CallbackData, prefix="sv_c"):
    """«Продолжить»: the next question."""

    attempt: int


class SurveyQuestionTap(CallbackData, prefix="sv_q"):
    """One question of an open survey, to look at it again."""

    attempt: int
    item: str


class SurveyPickTap(CallbackData, prefix="sv_a"):
    """An option by its number from 0, chosen or taken back."""

    attempt: int
    item: str
    number: int
    on: bool


class SurveyNextTap(CallbackData, prefix="sv_n"):
    """«Дальше» after several options, or «не хочу отвечать» with none."""

    attempt: int
    item: str
    declined: bool


class SurveyLeaveTap(CallbackData, prefix="sv_x"):
    """«Выйти»: the replies stay."""

    attempt: int


class SurveySendTap(CallbackData, prefix="sv_f"):
    """«Отправить»."""

    attempt: int
