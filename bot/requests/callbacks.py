"""Taps of requests for help."""

import enum

from aiogram.filters.callback_data import CallbackData


class TopicKind(enum.StrEnum):
    """What a question may be about."""

    COMPONENT = "c"
    DIRECTION = "d"
    GROUP = "g"


class OpenAskTap(CallbackData, prefix="rq"):
    """Where one begins to ask; `afresh` leaves a draft alone and shows the topics."""

    afresh: bool = False


class AskKindTap(CallbackData, prefix="rq_k"):
    """Topics of one kind."""

    kind: TopicKind
    page: int = 0


class AskTopicTap(CallbackData, prefix="rq_t"):
    """The topic: a component's code, or the number of a direction or a group."""

    kind: TopicKind
    code: str


class KnownTap(CallbackData, prefix="rq_n"):
    """An answer that was given to others, a page of it."""

    line_id: int
    page: int = 0


class KnownEnoughTap(CallbackData, prefix="rq_e"):
    """That answer was enough."""

    line_id: int


class AskSchoolTap(CallbackData, prefix="rq_s"):
    """Whether colleagues of the own school may see the question."""

    avoid: bool


class AskSendTap(CallbackData, prefix="rq_g"):
    """Sends the question."""


class AskDropTap(CallbackData, prefix="rq_x"):
    """Throws the draft away: asked once, done when `sure`."""

    sure: bool = False


class MyRequestsTap(CallbackData, prefix="rq_m"):
    """What I have asked."""

    page: int = 0


class OpenRequestsTap(CallbackData, prefix="rq_w"):
    """What I am asked."""

    page: int = 0


class RequestTap(CallbackData, prefix="rq_r"):
    """One request."""

    request_id: int


class RequestWordsTap(CallbackData, prefix="rq_v"):
    """All words of a request, a page of them."""

    request_id: int
    page: int = 0


class ReplyTap(CallbackData, prefix="rq_a"):
    """To answer, or to write on."""

    request_id: int


class RequestDeclineTap(CallbackData, prefix="rq_d"):
    """«Не смогу»: the next colleague is asked."""

    request_id: int


class PassOnTap(CallbackData, prefix="rq_p"):
    """«Спросить другого»."""

    request_id: int


class HelpedTap(CallbackData, prefix="rq_h"):
    """Whether it helped: yes closes, no offers the ways on."""

    request_id: int
    helped: bool


class CloseRequestTap(CallbackData, prefix="rq_c"):
    """Closes the request; the asker says it did not help."""

    request_id: int


class RequestPracticeTap(CallbackData, prefix="rq_y"):
    """Makes the own answer a draft of a practice."""

    request_id: int


class RequestFileTap(CallbackData, prefix="rq_f"):
    """A file of the other one's."""

    file_id: int
