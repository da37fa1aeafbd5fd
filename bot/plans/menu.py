"""One's own lines of the plan in the menu, for whoever answers for some."""

from bot.nouns import Audience, Command, Place
from bot.plans.callbacks import OpenPlanTap
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.models import Role
from db.people.queries import Visitor
from locales import Texts


def _plan(t: Texts, home: MenuHome, _visitor: Visitor) -> Button | None:
    return Button(t.plain("menu.plan"), OpenPlanTap()) if home.plan_lines else None


def _active(audience: Audience) -> bool:
    return Role.ACTIVE_MEMBER in audience.roles


PLACES = (Place(17, _plan),)
COMMANDS = (Command(57, "plan", _active),)
