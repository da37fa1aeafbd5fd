"""Sites in the menu, where the region has any, and their command."""

from bot.nouns import Command, Place
from bot.sites.callbacks import OpenSitesTap
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.queries import Visitor
from locales import Texts


def _sites(t: Texts, home: MenuHome, _visitor: Visitor) -> Button | None:
    return Button(t.plain("menu.sites"), OpenSitesTap()) if home.sites else None


PLACES = (Place(45, _sites),)
COMMANDS = (Command(55, "sites"),)
