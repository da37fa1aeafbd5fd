"""Where a deep link leads: opened through the visit, whichever noun it belongs to."""

from bot.people import handlers_entry
from bot.ui.visit import Visit
from db.errors import DomainError


async def open_link(visit: Visit, payload: str) -> None:
    """Opens what the payload names; an unknown one leads to the menu with a word about it."""
    found = visit.links.find(payload)
    if found is None:
        await handlers_entry.menu(visit, lead="menu.unknown_link")
        return
    link, rest = found
    try:
        await link.opens(visit, rest)
    except DomainError as error:
        # The link's «no» stands above the menu, so that nobody is left at a dead end.
        await handlers_entry.menu(visit, lead=visit.t(f"errors.{error.code}", **error.params))
