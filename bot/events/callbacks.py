"""Taps of events. `back` is the calendar's state (see `calendar.View`), so that «К календарю» leads where one was.

`live` is false under what must not be overwritten, a notice or a ticket: the answer is then a message of its own.
"""

from aiogram.filters.callback_data import CallbackData


class OpenTap(CallbackData, prefix="ev"):
    """The calendar, from the menu."""


class OpenBelowTap(CallbackData, prefix="ev_o"):
    """The calendar, from a notice: the notice stays, the calendar comes below."""


class ListTap(CallbackData, prefix="ev_l"):
    """A month of the calendar under filters."""

    view: str


class FiltersTap(CallbackData, prefix="ev_f"):
    """All filters of the calendar, or the choices of one of them (`of`)."""

    view: str
    of: str = ""
    page: int = 0


class CardTap(CallbackData, prefix="ev_c"):
    """One event."""

    event_id: int
    back: str = ""
    live: bool = True


class RegisterTap(CallbackData, prefix="ev_r"):
    """«Записаться», or into the waiting list where the seats are taken."""

    event_id: int
    back: str = ""


class AcceptTap(CallbackData, prefix="ev_a"):
    """«Занять место» that was offered."""

    event_id: int
    live: bool = True


class CancelTap(CallbackData, prefix="ev_x"):
    """«Не смогу»; with `sure` it is meant."""

    event_id: int
    sure: bool = False
    live: bool = True


class FileTap(CallbackData, prefix="ev_i"):
    """The event as a calendar file."""

    event_id: int


class MyTap(CallbackData, prefix="ev_m"):
    """Own registrations: what is ahead, or with `past` what has been."""

    past: bool = False
    page: int = 0
    live: bool = True


class RateTap(CallbackData, prefix="ev_s"):
    """Feedback: 1–5; without a rating it asks for one."""

    event_id: int
    rating: int = 0
    live: bool = True


class CommentTap(CallbackData, prefix="ev_w"):
    """A few words to the rating."""

    event_id: int


class CertificateTap(CallbackData, prefix="ev_d"):
    """The certificate as a document."""

    event_id: int
