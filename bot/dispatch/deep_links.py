"""Deep links: what a payload of /start opens, by its prefix."""

from collections.abc import Awaitable, Callable

from bot.events import handlers_entry as events
from bot.people import handlers_entry, handlers_invitations
from bot.ui.visit import Visit
from db.errors import DomainError

LINKS: dict[str, Callable[[Visit, str], Awaitable[None]]] = {
    "ev_": events.open_link,
    "ci_": events.check_in,
    "inv_": handlers_invitations.accept,
    "st_": handlers_invitations.connect_staff,
}
WITHOUT_PROFILE = ("st_",)
"""Opened right after the consent: a methodist needs no teacher's profile."""


async def open_link(visit: Visit, payload: str) -> None:
    """Opens what the payload names; an unknown one leads to the menu with a word about it."""
    for prefix, opens in LINKS.items():
        if payload.startswith(prefix):
            try:
                await opens(visit, payload.removeprefix(prefix))
            except DomainError as error:
                await refuse(visit, error)
            return
    await handlers_entry.menu(visit, lead="menu.unknown_link")


async def refuse(visit: Visit, error: DomainError) -> None:
    """The link's «no» stands above the menu, so that nobody is left at a dead end."""
    await handlers_entry.menu(visit, lead=visit.t(f"errors.{error.code}", **error.params))
