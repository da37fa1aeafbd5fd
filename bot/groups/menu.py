"""Groups in the menu: one's own, or those that one may join."""

from bot.groups.callbacks import OpenGroupsTap
from bot.nouns import Command, Place
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.queries import Visitor
from locales import Texts


def _own(t: Texts, home: MenuHome, _visitor: Visitor) -> Button | None:
    return Button(t.plain("menu.groups"), OpenGroupsTap()) if home.groups else None


def _near(t: Texts, home: MenuHome, _visitor: Visitor) -> Button | None:
    return Button(t.plain("menu.groups.near"), OpenGroupsTap()) if home.groups_near and not home.groups else None


PLACES = (Place(16, _own), Place(56, _near))
COMMANDS: tuple[Command, ...] = ()
