"""One's own indicators in the menu, where a document has any of people."""

from bot.indicators.callbacks import OwnIndicatorsTap
from bot.nouns import Command, Place
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.queries import Visitor
from locales import Texts


def _indicators(t: Texts, home: MenuHome, _visitor: Visitor) -> Button | None:
    return Button(t.plain("menu.indicators"), OwnIndicatorsTap()) if home.indicators else None


PLACES = (Place(26, _indicators),)
COMMANDS: tuple[Command, ...] = ()
