"""The application in the menu."""

from bot.applications.callbacks import OpenApplicationTap
from bot.nouns import Command, Place
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.queries import Visitor
from locales import Texts


def _application(t: Texts, home: MenuHome, _visitor: Visitor) -> Button:
    text = "menu.application_go_on" if home.draft else "menu.application"
    return Button(t.plain(text), OpenApplicationTap())


PLACES = (Place(30, _application),)
COMMANDS = (Command(30, "apply"),)
