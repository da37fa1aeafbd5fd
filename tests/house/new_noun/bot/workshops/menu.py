"""Workshops in the menu."""

from bot.nouns import Command, Place
from bot.ui.screens import Button
from bot.workshops.callbacks import OpenWorkshopsTap
from db.overviews.home import MenuHome
from db.people.queries import Visitor
from locales import Texts


def _workshops(t: Texts, _home: MenuHome, _visitor: Visitor) -> Button:
    return Button(t.plain("workshops.title"), OpenWorkshopsTap())


PLACES = (Place(11, _workshops),)
COMMANDS = (Command(45, "workshops"),)
