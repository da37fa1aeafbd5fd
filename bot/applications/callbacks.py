"""Buttons of applications. Every prefix begins with `ap`; `application` is checked again against who taps."""

from aiogram.filters.callback_data import CallbackData


class OpenApplicationTap(CallbackData, prefix="ap"):
    """Where the application stands, or the invitation to apply."""


class StartTap(CallbackData, prefix="aps"):
    """Begin, or begin again after withdrawing."""

    campaign: int


class DirectionsTap(CallbackData, prefix="apd"):
    """A page (from 0) of directions."""

    application: int
    page: int = 0


class DirectionTap(CallbackData, prefix="apdp"):
    """Chooses a direction of the list."""

    application: int
    term: int


class CategoriesTap(CallbackData, prefix="apc"):
    """A page (from 0) of those whom one may accompany."""

    application: int
    page: int = 0


class CategoryTap(CallbackData, prefix="apcp"):
    """These people."""

    application: int
    term: int


class OverviewTap(CallbackData, prefix="apo"):
    """All criteria and how ready they are."""

    application: int


class CriterionTap(CallbackData, prefix="apq"):
    """One criterion."""

    application: int
    number: int


class ChoiceTap(CallbackData, prefix="apqc"):
    """An answer by a tap: a qualification's code, `yes` or `no`."""

    application: int
    number: int
    choice: str


class JoinTap(CallbackData, prefix="apj"):
    """The newest text goes on the former one."""

    application: int
    number: int


class SwapTap(CallbackData, prefix="apw"):
    """The former text again."""

    application: int
    number: int


class DocumentsTap(CallbackData, prefix="apf"):
    """The documents of a criterion; any may be taken away."""

    application: int
    number: int
    page: int = 0


class RemoveTap(CallbackData, prefix="apfr"):
    """Take this document away."""

    application: int
    number: int
    document: int


class CheckApplicationTap(CallbackData, prefix="apk"):
    """«Проверьте, всё ли верно»."""

    application: int


class SendTap(CallbackData, prefix="apx"):
    """Send; `sure` after the warnings were shown."""

    application: int
    sure: bool = False


class AnswersTap(CallbackData, prefix="apv"):
    """What was sent, to read."""

    application: int


class WithdrawTap(CallbackData, prefix="apb"):
    """Take the application back; `sure` after being asked."""

    application: int
    sure: bool = False


class PlaceTap(CallbackData, prefix="app"):
    """What came unasked goes to this criterion."""

    application: int
    number: int
