"""What is said about notices themselves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.notices.callbacks import RemindersTap
from bot.nouns import MENU
from bot.people.screens_menu import unfinished
from bot.ui.moments import day
from bot.ui.screens import Button, MenuTap, Screen, columns, menu_row, paragraphs, plain, short
from db.nouns import parts
from db.overviews.home import MenuHome
from db.people.queries import Visitor
from locales import Texts

LINES = 5
LINE = 100  # characters of a lost message: enough to know it by


def missed(
    t: Texts,
    told: Sequence[tuple[datetime, str]],
    count: int,
    nouns: frozenset[str],
    now: MenuHome,
    visitor: Visitor,
    zone: ZoneInfo,
) -> Screen:
    """What did not arrive while the bot was blocked, the newest first, and how things stand now.

    Every line has its day, so that nothing old is taken for news. `told` are moments and texts (safe HTML); the buttons
    are the menu's places of the `nouns` that spoke.
    """
    parts_of_menu = [part for noun, part in parts(MENU).items() if noun in nouns]
    made = (place.button(t, now, visitor) for part in parts_of_menu for place in part.PLACES)
    places = [button for button in made if button is not None]
    lines = [t("notices.missed.line", day=day(t, at, zone), text=_brief(text)) for at, text in told[:LINES]]
    rest = count - len(lines)
    waiting, urgent = unfinished(t, replace(now, no_organisation=False), zone)
    text = paragraphs(
        t("notices.missed", count),
        "\n".join([*lines, *([t("notices.missed.rest", rest)] if rest and lines else [])]),
        t("notices.missed.now") if waiting or places else "",
        *waiting,
    )
    rows = [[replace(button, below=True) for button in row] for row in (*urgent, *columns(places, width=2))]
    return Screen(text, [*rows, menu_row(t)])


def _brief(text: str) -> str:
    """A message in one line."""
    lines = [line.strip() for line in plain(text).splitlines() if line.strip()]
    joined = "".join(f"{line} " if line.endswith((":", ".", "!", "?")) else f"{line} · " for line in lines)
    return short(joined.rstrip(" ·"), LINE)


def fewer(t: Texts) -> Screen:
    """Offers to turn unasked reminders off."""
    return Screen(
        t("notices.fewer.ask"),
        [
            [Button(t.plain("notices.fewer.off"), RemindersTap(on=False))],
            [Button(t.plain("notices.fewer.keep"), MenuTap())],
        ],
    )


def reminders(t: Texts, *, on: bool, a_week: int) -> Screen:
    """How it stands now; at most so many unasked messages come in a week."""
    if on:
        return Screen(t("notices.on", most=a_week), [menu_row(t)])
    return Screen(t("notices.off"), [[Button(t.plain("notices.turn_on"), RemindersTap(on=True))], menu_row(t)])
