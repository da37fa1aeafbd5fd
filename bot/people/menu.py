"""Places and commands of a person's own things, and of the menu itself."""

from bot.nouns import Audience, Command, Place
from bot.people.callbacks import DataTap, HelpTap, SettingsTap
from bot.ui.screens import Button
from db.overviews.home import MenuHome
from db.people.queries import Visitor
from locales import Texts


def _my_data(t: Texts, _home: MenuHome, _visitor: Visitor) -> Button:
    return Button(t.plain("people.my_data"), DataTap(action="home"))


def _settings(t: Texts, _home: MenuHome, _visitor: Visitor) -> Button:
    return Button(t.plain("menu.settings"), SettingsTap())


def _help(t: Texts, _home: MenuHome, _visitor: Visitor) -> Button:
    return Button(t.plain("people.help"), HelpTap())


def _staff(audience: Audience) -> bool:
    return audience.staff


PLACES = (Place(60, _my_data), Place(70, _settings), Place(80, _help))
COMMANDS = (
    Command(0, "panel", _staff),
    Command(10, "menu"),
    Command(60, "mydata"),
    Command(70, "settings"),
    Command(80, "help"),
    Command(90, "cancel"),
)
