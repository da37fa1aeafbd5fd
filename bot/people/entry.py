"""Where people come in: the first screen, the profile that waits, the menu. Other nouns call these."""

from bot.screens import Screen, menu_row
from bot.visit import Visit


async def welcome(visit: Visit, payload: str = "") -> None:
    """The first screen for a stranger, or the consent again when its text has changed."""
    await visit.show(Screen(visit.t("menu.title"), [menu_row(visit.t)]))


async def go_on_with_profile(visit: Visit) -> None:
    """The profile is not saved yet: offers to go on with the next empty field."""
    await visit.show(Screen(visit.t("menu.title"), [menu_row(visit.t)]))


async def menu(visit: Visit, lead: str | None = None) -> None:
    """The menu by role. `lead` is the id of a text put above it."""
    await visit.show(Screen(visit.t(lead or "menu.title"), [menu_row(visit.t)]))
