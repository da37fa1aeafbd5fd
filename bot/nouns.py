"""Says what parts a noun brings to the bot; `db.nouns` has the list of nouns and finds the parts."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from aiogram import Router
from sqlalchemy.orm import Session

from bot.ui.links import Link
from bot.ui.receipts import Make
from bot.ui.screens import Button, Screen
from db.caller import PersonCaller
from db.nouns import Part, parts
from db.overviews.home import MenuHome
from db.people.models import Role
from db.people.queries import Visitor
from locales import Texts

Renderer = Callable[[Texts, dict[str, Any], ZoneInfo], Screen]


class Handlers(Protocol):
    """`handlers.py`: what takes commands, taps and texts."""

    commands: Router
    """Commands of all nouns come first, so that they work in any state."""

    router: Router


class Notices(Protocol):
    """`notices.py`: how the noun's notices are said."""

    NOTICES: Mapping[str, Renderer]
    """By kind."""


class Receipts(Protocol):
    """`receipts.py`: what a person is owed for what was just done, made of what is true when it goes out."""

    RECEIPTS: Mapping[str, Make]
    """By kind of notice."""


class DeepLinks(Protocol):
    """`links.py`: what payloads of /start the noun opens."""

    LINKS: Mapping[str, Link]
    """By prefix."""


@dataclass(frozen=True, slots=True)
class Place:
    """A button of the menu, the lower `order` the earlier; `button` returns None for whom it leads nowhere."""

    order: int
    button: Callable[[Texts, MenuHome, Visitor], Button | None]


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom commands are shown to: roles, whether they have an account, whether the service has selections."""

    roles: Collection[Role] = ()
    staff: bool = False
    selections: bool = False


def _everybody(_audience: Audience) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """A command of Telegram's own menu, the lower `order` the earlier; `shown` says to whom."""

    order: int
    name: str
    shown: Callable[[Audience], bool] = _everybody


class Menu(Protocol):
    """`menu.py`: the noun's places in the menu and its commands in Telegram's own."""

    PLACES: Sequence[Place]
    COMMANDS: Sequence[Command]


@dataclass(frozen=True, slots=True)
class Duty:
    """A line of what an active member has to do, the lower `order` the earlier.

    `count` says how much there is of it and is asked by the door, `said` is the text's id, with `n`; `button` leads
    there.
    """

    order: int
    count: Callable[[Session, PersonCaller], int]
    said: str
    button: Callable[[Texts], Button]


class Duties(Protocol):
    """`duties.py`: what the noun has for an active member to do."""

    DUTIES: Sequence[Duty]


HANDLERS: Part[Handlers] = Part("bot", "handlers", Handlers)
NOTICES: Part[Notices] = Part("bot", "notices", Notices)
RECEIPTS: Part[Receipts] = Part("bot", "receipts", Receipts)
LINKS: Part[DeepLinks] = Part("bot", "links", DeepLinks)
MENU: Part[Menu] = Part("bot", "menu", Menu)
DUTIES: Part[Duties] = Part("bot", "duties", Duties)


@cache
def places() -> list[Place]:
    """Returns every noun's places of the menu in their order."""
    return sorted((place for part in parts(MENU).values() for place in part.PLACES), key=attrgetter("order"))


@cache
def duties() -> list[Duty]:
    """Returns every noun's lines for an active member in their order."""
    return sorted((one for part in parts(DUTIES).values() for one in part.DUTIES), key=attrgetter("order"))


@cache
def commands() -> list[Command]:
    """Returns every noun's commands in their order."""
    return sorted((one for part in parts(MENU).values() for one in part.COMMANDS), key=attrgetter("order"))
