"""The service's documents in the menu, where it has some."""

from bot.documents.callbacks import OpenDocumentsTap
from bot.nouns import Command, Place
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.queries import Visitor
from locales import Texts


def _documents(t: Texts, home: MenuHome, _visitor: Visitor) -> Button | None:
    return Button(t.plain("menu.documents"), OpenDocumentsTap()) if home.documents else None


PLACES = (Place(57, _documents),)
COMMANDS = (Command(58, "documents"),)
