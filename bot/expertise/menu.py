"""Expert work in the menu, for whoever was ever called."""

from bot.expertise.callbacks import OpenExpertiseTap
from bot.nouns import Command, Place
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.queries import Visitor
from locales import Texts


def _expertise(t: Texts, home: MenuHome, _visitor: Visitor) -> Button | None:
    return Button(t.plain("menu.expertise"), OpenExpertiseTap()) if home.expertise else None


PLACES = (Place(19, _expertise),)
COMMANDS: tuple[Command, ...] = ()
