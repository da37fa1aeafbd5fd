"""A «no» of the domain, as people meet it: a word over the screen, and where the handler says so what is true now.

A handler whose button may be out of date has the flag `afresh`: `flags={"afresh": Afresh(shows=home)}`. The dispatch
catches what the handler raises and comes here. Only where something typed is asked for again does a handler say itself
why it was not taken.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiogram.types import CallbackQuery
from markupsafe import Markup

from bot.ui.screens import Screen, menu_row
from bot.ui.visit import TOAST, Visit
from db.errors import DomainError, NotFoundError, StaleError, StorageError

FLAG = "afresh"


@dataclass(frozen=True, slots=True)
class Word:
    """What stands over the screen: a text's id and its parameters; an `alert` waits to be closed."""

    message_id: str
    params: dict[str, Any]
    alert: bool = True


NOT_FOUND = NotFoundError().code
STALE = Word(f"errors.{StaleError().code}", {}, alert=False)


def plainly(visit: Visit, error: DomainError) -> Word | None:
    """The error's own text, or the visit's where something is not there and nobody knows more."""
    return Word(visit.missing if error.code == NOT_FOUND else f"errors.{error.code}", error.params)


def only_stale(_visit: Visit, _error: DomainError) -> Word | None:
    """None: only a stale button leads to the fresh screen."""
    return None


@dataclass(frozen=True, slots=True)
class Afresh:
    """Names the fresh screen of a handler whose button may be out of date.

    `shows` gets the visit and the tapped button; `says` picks the word, or none for a plain «no». A stale button has a
    word of its own.
    """

    shows: Callable[[Visit, Any], Awaitable[None]]
    says: Callable[[Visit, DomainError], Word | None] = plainly


def why(visit: Visit, error: DomainError, how: str) -> Markup:
    """Why what was typed is not taken; `how` is the text that says how to answer instead of by a voice or a file."""
    return visit.t(how if error.code == "text_expected" else f"errors.{error.code}", **error.params)


async def refuse(visit: Visit, error: DomainError, afresh: Afresh | None = None, tap: Any = None) -> None:
    """Says no kindly: over the screen after a tap; else above what is true now, or with the way to the menu.

    A database that takes nothing has nothing new to show.
    """
    word = None
    if afresh is not None and not isinstance(error, StorageError):
        word = STALE if isinstance(error, StaleError) else afresh.says(visit, error)
    if afresh is not None and word is not None:
        if _fits_over(visit, word):
            await visit.toast(word.message_id, alert=word.alert, **word.params)
        else:
            visit.above = visit.t(word.message_id, **word.params)
        await afresh.shows(visit, tap)
        return
    word = Word(f"errors.{error.code}", error.params)
    if _fits_over(visit, word):
        await visit.toast(word.message_id, alert=word.alert, **word.params)
        return
    await visit.receipt(Screen(visit.t(word.message_id, **word.params), [menu_row(visit.t)]))


def _fits_over(visit: Visit, word: Word) -> bool:
    """Whether the word can stand over the screen: after a tap that is not answered yet."""
    short = len(visit.t.plain(word.message_id, **word.params).encode("utf-16-le")) <= 2 * TOAST
    return isinstance(visit.event, CallbackQuery) and not visit.answered and short
