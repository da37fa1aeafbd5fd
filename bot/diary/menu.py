"""The diary in the menu, for whoever keeps one."""

from bot.diary.callbacks import OpenDiaryTap
from bot.nouns import Audience, Command, Place
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.queries import Visitor
from locales import Texts


def _diary(t: Texts, home: MenuHome, _visitor: Visitor) -> Button | None:
    return Button(t.plain("menu.diary"), OpenDiaryTap()) if home.diary else None


def _helpers(audience: Audience) -> bool:
    return bool(audience.roles)


PLACES = (Place(18, _diary),)
COMMANDS = (Command(57, "diary", _helpers),)
