"""Asking for help in the menu, what an active member is asked, and both commands."""

from bot.nouns import Audience, Command, Place
from bot.requests.callbacks import OpenAskTap, OpenRequestsTap
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.models import Role
from db.people.queries import Visitor
from locales import Texts


def _ask(t: Texts, _home: MenuHome, _visitor: Visitor) -> Button | None:
    return Button(t.plain("menu.ask"), OpenAskTap())


def _requests(t: Texts, home: MenuHome, visitor: Visitor) -> Button | None:
    if not home.requests and Role.ACTIVE_MEMBER not in visitor.roles:
        return None
    name = t.plain("menu.requests", n=home.requests) if home.requests else t.plain("requests.to_answer")
    return Button(name, OpenRequestsTap())


def _members(audience: Audience) -> bool:
    return Role.ACTIVE_MEMBER in audience.roles


PLACES = (Place(14, _requests), Place(25, _ask))
COMMANDS = (Command(45, "ask"), Command(56, "requests", _members))
