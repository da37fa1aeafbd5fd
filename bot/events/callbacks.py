"""Taps of events. `back` is where one came from: the calendar's state (see `View`) or a result (`from_result`)."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self

from aiogram.filters.callback_data import CallbackData

from db.events.models import EventMode
from db.events.queries import CalendarFilters
from db.limits import YEARS


class OpenEventsTap(CallbackData, prefix="ev"):
    """The calendar, from the menu."""


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


class RegisterTap(CallbackData, prefix="ev_r"):
    """«Записаться», or into the waiting list where the seats are taken."""

    event_id: int
    back: str = ""


class RoomTap(CallbackData, prefix="ev_p"):
    """«В зал» or «Онлайн» at an event that counts them apart: a place there, or a change from the other room."""

    event_id: int
    online: bool
    back: str = ""


class AcceptTap(CallbackData, prefix="ev_a"):
    """«Занять место» that was offered."""

    event_id: int


class CancelRegistrationTap(CallbackData, prefix="ev_x"):
    """«Не смогу»; with `sure` it is meant."""

    event_id: int
    sure: bool = False


class FileTap(CallbackData, prefix="ev_i"):
    """The event as a calendar file."""

    event_id: int


class MyTap(CallbackData, prefix="ev_m"):
    """Own registrations: what is ahead, or with `past` what has been."""

    past: bool = False
    page: int = 0


class HereTap(CallbackData, prefix="ev_h"):
    """«Я на месте»: asks for the digits on the screen of the hall."""

    event_id: int


class RateTap(CallbackData, prefix="ev_s"):
    """Feedback: 1–5; without a rating it asks for one."""

    event_id: int
    rating: int = 0


class CommentTap(CallbackData, prefix="ev_w"):
    """A few words to the rating."""

    event_id: int


class CertificateTap(CallbackData, prefix="ev_d"):
    """The certificate as a document."""

    event_id: int


class MaterialTap(CallbackData, prefix="ev_g"):
    """A material that is a file."""

    event_id: int
    material_id: int


class EventAskTap(CallbackData, prefix="ev_q"):
    """«Спросить ведущего»; with `named` the asker's name goes along."""

    event_id: int
    named: bool = False


class EventAnswerTap(CallbackData, prefix="ev_t"):
    """«Ответить» under a question to a host."""

    question_id: int


MODES = {"f": EventMode.OFFLINE, "n": EventMode.ONLINE, "h": EventMode.HYBRID}
LETTERS = {mode: letter for letter, mode in MODES.items()}
CODE = 20
DIGITS = 9  # any more would be no number of the database's
NEAR = CalendarFilters()
RESULT = "r"


def from_result(attempt_id: int) -> str:
    """Returns the `back` of an event that a result of a self-diagnosis named."""
    return f"{RESULT}{attempt_id}"


def result_of(back: str) -> int | None:
    """Returns the attempt whose result `back` leads to; none for the calendar or a forged one."""
    number = back.removeprefix(RESULT)
    return int(number) if number != back and number.isdecimal() and len(number) <= DIGITS else None


@dataclass(frozen=True, slots=True)
class View:
    """What the calendar shows. `month` is its first day; none means the coming days."""

    month: date | None = None
    page: int = 0
    filters: CalendarFilters = NEAR

    def pack(self) -> str:
        """As text for a button, such as `202612.0.17.digital.n.1`; ≤ 45 characters."""
        chosen = self.filters
        return ".".join(
            (
                f"{self.month:%Y%m}" if self.month else "",
                str(self.page),
                str(chosen.format_id or ""),
                chosen.component or "",
                LETTERS[chosen.mode] if chosen.mode else "",
                "1" if chosen.near else "",
            )
        )

    @classmethod
    def parse(cls, packed: str) -> Self:
        """Reads a button; what makes no sense (a forged or an old one) means the beginning."""
        parts = packed.split(".")
        if len(parts) != 6 or any(len(part) > DIGITS for part in parts[:3]):
            return cls()
        month, page, format_id, component, mode, near = parts
        try:
            if month and int(month[:4]) not in YEARS:
                return cls()
            return cls(
                month=date(int(month[:4]), int(month[4:]), 1) if month else None,
                page=max(0, int(page)),
                filters=CalendarFilters(
                    int(format_id) if format_id else None, component or None, MODES.get(mode), bool(near)
                ),
            )
        except ValueError:
            return cls()

    def at(self, month: date | None) -> Self:
        """The first page of another month, or of the coming days."""
        return replace(self, month=month, page=0)

    def turned(self, page: int) -> Self:
        """Another page of the month."""
        return replace(self, page=page)

    def filtered(self, **filters: Any) -> Self:
        """The same under other filters, from the first event they find."""
        return replace(self, month=None, page=0, filters=replace(self.filters, **filters))

    @property
    def plain(self) -> bool:
        """Whether nothing is left out but what is far away."""
        return self.filters == NEAR
