"""What the bot says to an active member: pure, texts and data -> screen."""

from markupsafe import Markup

from bot import nouns
from bot.ui.moments import long_date
from bot.ui.screens import Screen, columns, menu_row, paragraphs, short
from db.active.queries import MembershipLine, OwnActive
from locales import Texts

NAME, MOST = 110, 3
"""Letters of a direction, and how many of them one screen tells."""


def home(t: Texts, own: OwnActive) -> Screen:
    """The directions with their last day, what there is to do, and the ways there."""
    if not own.lines:
        return Screen(t("active.none"), [menu_row(t)])
    duties = list(zip(nouns.duties(), own.counts, strict=False))
    told = [t(one.said, n=count) for one, count in duties if count]
    todo = Markup("\n").join(Markup("• ") + one for one in told) if told else t("active.nothing")
    directions = Markup("\n").join(_direction(t, line) for line in own.lines[:MOST])
    ways = [one.button(t) for one, count in duties if count]
    return Screen(paragraphs(t("active.home"), directions, todo), [*columns(ways, width=2), menu_row(t)])


def _direction(t: Texts, line: MembershipLine) -> str:
    name = t("active.direction", number=line.number, name=short(line.direction, NAME)) if line.direction else ""
    until = t("active.until", day=long_date(t, line.until)) if line.until else t("active.no_term")
    return Markup(" · ").join(part for part in (name, until) if part)
