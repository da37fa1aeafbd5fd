"""Taps of groups."""

from aiogram.filters.callback_data import CallbackData


class OpenGroupsTap(CallbackData, prefix="gr"):
    """My groups."""

    page: int = 0


class GroupTap(CallbackData, prefix="gr_g"):
    """One group."""

    group_id: int


class NearTap(CallbackData, prefix="gr_n"):
    """Groups near by that one may join."""

    page: int = 0


class JoinGroupTap(CallbackData, prefix="gr_j"):
    """«Попроситься»."""

    group_id: int


class LeaveGroupTap(CallbackData, prefix="gr_l"):
    """«Выйти»: asked once, done when `sure`."""

    group_id: int
    sure: bool = False


class AskingTap(CallbackData, prefix="gr_r"):
    """Who asks to join."""

    group_id: int


class VerdictTap(CallbackData, prefix="gr_v"):
    """Whether somebody who asked is taken."""

    member_id: int
    accept: bool


class CallTap(CallbackData, prefix="gr_p"):
    """«Собрать»: on which day."""

    group_id: int


class CallDayTap(CallbackData, prefix="gr_d"):
    """At which hour of a day (its ordinal number)."""

    group_id: int
    day: int


class CallTimeTap(CallbackData, prefix="gr_t"):
    """The chosen day and minute of the day."""

    group_id: int
    day: int
    minute: int


class GroupMeetingTap(CallbackData, prefix="gr_m"):
    """One meeting."""

    meeting_id: int


class ComingTap(CallbackData, prefix="gr_a"):
    """«Приду» or «Не смогу»."""

    meeting_id: int
    coming: bool


class CallOffTap(CallbackData, prefix="gr_x"):
    """«Отменить»: asked once, done when `sure`."""

    meeting_id: int
    sure: bool = False


class PresentTap(CallbackData, prefix="gr_w"):
    """Who came: a page of members."""

    meeting_id: int
    page: int = 0


class CameTap(CallbackData, prefix="gr_c"):
    """One member came, or did not."""

    meeting_id: int
    person_id: int
    came: bool
    page: int = 0


class DecisionsTap(CallbackData, prefix="gr_e"):
    """What a group has decided; without a group what one answers for oneself."""

    group_id: int = 0
    page: int = 0


class GroupDecisionTap(CallbackData, prefix="gr_o"):
    """One decision."""

    decision_id: int


class DecisionDoneTap(CallbackData, prefix="gr_f"):
    """«Сделано»."""

    decision_id: int


class DecisionUndoneTap(CallbackData, prefix="gr_u"):
    """It was a wrong tap."""

    decision_id: int


class GroupLevelsTap(CallbackData, prefix="gr_s"):
    """The levels of the members together."""

    group_id: int


class GroupFigureTap(CallbackData, prefix="gr_y"):
    """«Предложить» by one of those levels; without a group to propose to it is the nearest. See `bot/motions/`."""

    group_id: int
    component: str
    target_id: int = 0
