"""Where a deep link leads: opened through the visit, whichever noun it belongs to."""

from bot.people import handlers_entry
from bot.ui.visit import Visit


async def open_link(visit: Visit, payload: str) -> None:
    """Opens what the payload names; an unknown one leads to the menu with a word about it."""
    found = visit.links.find(payload)
    if found is None:
        await handlers_entry.menu(visit, lead="menu.unknown_link")
        return
    link, rest = found
    visit.instead = link.instead or handlers_entry.menu  # so that a «no» leaves nobody at a dead end
    visit.missing = "menu.empty_link"
    await link.opens(visit, rest)
