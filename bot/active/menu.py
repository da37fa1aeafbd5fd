"""The active in the menu, for its members."""

from bot.active.callbacks import OpenActiveTap
from bot.nouns import Audience, Command, Place
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.models import Role
from db.people.queries import Visitor
from locales import Texts


def _active(t: Texts, _home: MenuHome, visitor: Visitor) -> Button | None:
    return Button(t.plain("menu.active"), OpenActiveTap()) if Role.ACTIVE_MEMBER in visitor.roles else None


def _members(audience: Audience) -> bool:
    return Role.ACTIVE_MEMBER in audience.roles


PLACES = (Place(13, _active),)
COMMANDS = (Command(31, "active", _members),)
