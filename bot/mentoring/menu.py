"""Mentoring in the menu, for whoever has a pair or is a mentor."""

from bot.mentoring.callbacks import OpenMentoringTap
from bot.nouns import Audience, Command, Place
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.models import Role
from db.people.queries import Visitor
from locales import Texts


def _mentoring(t: Texts, home: MenuHome, visitor: Visitor) -> Button | None:
    if not (home.mentees or home.has_mentor or Role.MENTOR in visitor.roles):
        return None
    return Button(t.plain("menu.mentoring"), OpenMentoringTap())


def _mentors(audience: Audience) -> bool:
    return Role.MENTOR in audience.roles


PLACES = (Place(50, _mentoring),)
COMMANDS = (Command(55, "mentees", _mentors),)
