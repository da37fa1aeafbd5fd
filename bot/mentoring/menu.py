"""Mentoring in the menu, for whoever has a pair or is a mentor; the wish for a mentor, for who has neither."""

from bot.mentoring.callbacks import OpenMentoringTap, WishTap
from bot.nouns import Audience, Command, Place
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.models import Role
from db.people.queries import Visitor
from locales import Texts


def _mentoring(t: Texts, home: MenuHome, visitor: Visitor) -> Button | None:
    return Button(t.plain("menu.mentoring"), OpenMentoringTap()) if _takes_part(home, visitor) else None


def _wish(t: Texts, home: MenuHome, visitor: Visitor) -> Button | None:
    if _takes_part(home, visitor) or Role.ACTIVE_MEMBER in visitor.roles:
        return None
    return Button(t.plain("mentoring.wish"), WishTap())


def _takes_part(home: MenuHome, visitor: Visitor) -> bool:
    return bool(home.mentees or home.has_mentor or Role.MENTOR in visitor.roles)


def _mentors(audience: Audience) -> bool:
    return Role.MENTOR in audience.roles


PLACES = (Place(15, _mentoring), Place(58, _wish))
COMMANDS = (Command(55, "mentees", _mentors),)
