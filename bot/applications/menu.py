"""The application in the menu, where the service has selections."""

from bot.applications.callbacks import OpenApplicationTap
from bot.nouns import Audience, Command, Place
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.queries import Visitor
from locales import Texts


def _application(t: Texts, home: MenuHome, _visitor: Visitor) -> Button | None:
    if not home.selections:
        return None
    text = "menu.application_go_on" if home.draft else "menu.application"
    return Button(t.plain(text), OpenApplicationTap())


def _where_selections_are(audience: Audience) -> bool:
    return audience.selections


PLACES = (Place(30, _application),)
COMMANDS = (Command(30, "apply", _where_selections_are),)
