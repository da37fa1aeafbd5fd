"""The application in the menu, where the service has selections."""

from bot.applications.callbacks import OpenApplicationTap
from bot.nouns import Audience, Command, Place
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.models import Role
from db.people.queries import Visitor
from locales import Texts


def _application(t: Texts, home: MenuHome, visitor: Visitor) -> Button | None:
    """Nobody who works in the active is offered to apply; what they began stays within reach."""
    begun = home.draft or home.remark
    if not home.selections or (Role.ACTIVE_MEMBER in visitor.roles and not begun):
        return None
    text = "menu.application_go_on" if home.draft else "menu.application"
    return Button(t.plain(text), OpenApplicationTap())


def _where_selections_are(audience: Audience) -> bool:
    return audience.selections and Role.ACTIVE_MEMBER not in audience.roles


PLACES = (Place(30, _application),)
COMMANDS = (Command(30, "apply", _where_selections_are),)
