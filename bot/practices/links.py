"""Deep links to practices, such as a paper has."""

from bot.practices import handlers
from bot.ui.links import Link
from bot.ui.visit import Visit
from db.errors import NotFoundError

LONGEST = 9
"""Digits of a number that is one of ours."""


async def open_practice(visit: Visit, rest: str) -> None:
    """A practice that everybody may find."""
    if not (rest.isascii() and rest.isdigit() and len(rest) <= LONGEST):
        raise NotFoundError
    await handlers.card(visit, int(rest))


LINKS = {"practice_": Link(open_practice, instead=handlers.home)}
