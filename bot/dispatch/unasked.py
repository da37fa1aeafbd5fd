"""Words that no question waited for: used where one thing alone can be meant, else asked about by a few buttons."""

import re

from bot import nouns
from bot.applications import handlers_unasked
from bot.events import screens_feedback
from bot.events.callbacks import CardTap, RateTap
from bot.people import handlers_entry
from bot.requests import handlers_asking
from bot.requests.callbacks import OpenAskTap
from bot.ui.filters import is_command
from bot.ui.screens import Button, Row, Screen, menu_row, paragraphs, short
from bot.ui.visit import Visit
from db.events import queries as events
from db.events import services as event_services
from db.overviews import calendar
from db.overviews.home import home
from db.people.rules import Option, match
from db.texts import comparable

PLACES = 2
EVENTS = 3
FEW_WORDS = 6  # of a name; more words tell something
QUOTED = 120
RATING = re.compile(r"\s*([1-5])\s*[.!]*\s*")


async def text(visit: Visit, said: str) -> None:
    """A rating, a greeting, a place of the menu, an event, something for the application; else a human is near."""
    if is_command(said):
        await handlers_entry.menu(visit, lead="menu.no_command")
        return
    for use in (_rating, _courtesy, _named, handlers_unasked.words):
        if await use(visit, said):
            return
    await _ask(visit, said, "menu.nowhere", [[Button(visit.t.plain("menu.to_human"), OpenAskTap())]])


async def _rating(visit: Visit, said: str) -> bool:
    """A number from 1 to 5 where an event waits to be rated."""
    found = RATING.fullmatch(said)
    if found is None:
        return False
    past = await visit.read(events.own, past=True)
    waiting = [one.line for one in past if one.mine.attended_at is not None and one.mine.rating is None][:EVENTS]
    rating = int(found[1])
    if len(waiting) == 1:
        await visit.show(
            screens_feedback.rated(
                visit.t, await visit.write(event_services.rate, event_id=waiting[0].id, rating=rating, first=True)
            )
        )
    elif waiting:
        rows = [[Button(short(one.title), RateTap(event_id=one.id, rating=rating))] for one in waiting]
        await visit.show(Screen(visit.t("menu.rating_of", rating=rating), [*rows, menu_row(visit.t)]))
    return bool(waiting)


async def _courtesy(visit: Visit, said: str) -> bool:
    """Thanks, a greeting, a call for a human."""
    if len(said.split()) > FEW_WORDS:
        return False
    known = comparable(said).strip(" .!?)")
    if _is_one_of(visit, known, "menu.words.human"):
        await handlers_asking.home(visit, lead=visit.t("requests.called"), afresh=True)
    elif _is_one_of(visit, known, "menu.words.thanks"):
        await visit.receipt(Screen(visit.t("menu.welcome"), [menu_row(visit.t)]))
    elif _is_one_of(visit, known, "menu.words.hello"):
        await handlers_entry.menu(visit, lead="menu.hello")
    else:
        return False
    return True


def _is_one_of(visit: Visit, said: str, key: str) -> bool:
    return any(word in said if " " in word else word in said.split() for word in visit.t.plain(key).split(","))


async def _named(visit: Visit, said: str) -> bool:
    """A place of the menu or a coming event, by its name."""
    if len(said.split()) > FEW_WORDS:
        return False
    view = await visit.read(home)
    buttons = [one for place in nouns.places() if (one := place.button(visit.t, view, visit.person)) is not None]
    titles = await visit.read(calendar.coming, municipality_id=visit.person.municipality_id)
    by_place = match(said, [Option(number, one.text) for number, one in enumerate(buttons)])
    by_title = match(said, [Option(number, title) for number, title in titles])
    rows: list[Row] = [[buttons[one.id]] for one in by_place.options[:PLACES]]
    rows += [[Button(short(one.name), CardTap(event_id=one.id))] for one in by_title.options[:EVENTS]]
    if rows:
        await _ask(visit, said, "menu.which", rows)
    return bool(rows)


async def _ask(visit: Visit, said: str, question: str, rows: list[Row]) -> None:
    await handlers_entry.leave(visit)
    text = paragraphs(visit.t("menu.said", text=short(said, QUOTED)), visit.t(question))
    await visit.show(Screen(text, [*rows, menu_row(visit.t)]))
