"""Events and one's own seats in the menu."""

from bot.events.callbacks import MyTap, OpenEventsTap
from bot.nouns import Command, Place
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.queries import Visitor
from locales import Texts


def _events(t: Texts, _home: MenuHome, _visitor: Visitor) -> Button:
    return Button(t.plain("menu.events"), OpenEventsTap())


def _my(t: Texts, _home: MenuHome, _visitor: Visitor) -> Button:
    return Button(t.plain("menu.my"), MyTap())


PLACES = (Place(20, _events), Place(27, _my))
COMMANDS = (Command(40, "events"), Command(50, "my"))
