"""Practices in the menu, and their command."""

from bot.nouns import Command, Place
from bot.practices.callbacks import OpenPracticesTap
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.queries import Visitor
from locales import Texts


def _practices(t: Texts, _home: MenuHome, _visitor: Visitor) -> Button | None:
    return Button(t.plain("menu.practices"), OpenPracticesTap())


PLACES = (Place(43, _practices),)
COMMANDS = (Command(54, "practices"),)
