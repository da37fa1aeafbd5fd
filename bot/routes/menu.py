"""The own route in the menu, for whoever has one, and its command."""

from bot.nouns import Command, Place
from bot.routes.callbacks import OpenRouteTap
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.queries import Visitor
from locales import Texts


def _route(t: Texts, home: MenuHome, _visitor: Visitor) -> Button | None:
    return Button(t.plain("menu.route"), OpenRouteTap()) if home.route else None


PLACES = (Place(12, _route),)
COMMANDS = (Command(25, "route"),)
