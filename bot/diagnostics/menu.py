"""Self-diagnosis in the menu."""

from bot.diagnostics.callbacks import OpenDiagnosticsTap
from bot.nouns import Command, Place
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.queries import Visitor
from locales import Texts


def _diagnostics(t: Texts, home: MenuHome, _visitor: Visitor) -> Button:
    text = "menu.diagnostics_go_on" if home.open_attempt else "menu.diagnostics"
    return Button(t.plain(text), OpenDiagnosticsTap())


PLACES = (Place(10, _diagnostics),)
COMMANDS = (Command(20, "diagnostics"),)
