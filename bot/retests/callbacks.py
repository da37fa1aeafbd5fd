"""Taps of re-tests. A result's version never changes, so a component's number in it stays true."""

from aiogram.filters.callback_data import CallbackData


class OpenRetestsTap(CallbackData, prefix="rr"):
    """The components of the last result, a page of them."""

    page: int = 0


class RetestTap(CallbackData, prefix="rr_c"):
    """One component of a result, by its number from 0."""

    attempt: int
    number: int


class RetestOfStepTap(CallbackData, prefix="rr_s"):
    """The component that a done item of the route was for."""

    item_id: int


class RetestBeginTap(CallbackData, prefix="rr_b"):
    """«Начать», or «Продолжить»."""

    attempt: int
    number: int


class RetestAnswerTap(CallbackData, prefix="rr_a"):
    """An answer; without a value «не про мою работу»."""

    retest_id: int
    item: str
    value: int | None


class RetestQuestionTap(CallbackData, prefix="rr_q"):
    """One question of an open re-test."""

    retest_id: int
    item: str


class RetestFinishTap(CallbackData, prefix="rr_f"):
    """«Показать результат»."""

    retest_id: int


class RetestDropTap(CallbackData, prefix="rr_x"):
    """«Не сейчас, выбросить»: asked once, done when `sure`."""

    retest_id: int
    sure: bool = False


class RetestResultTap(CallbackData, prefix="rr_r"):
    """What a re-test has told."""

    retest_id: int
