"""What is said of one's own calendar."""

from bot.calendar.callbacks import AskNewFeedTap, FeedTap, NewFeedTap
from bot.events.callbacks import MyTap
from bot.ui.screens import Button, Screen, menu_row
from locales import Texts


def feed(t: Texts, link: str, *, renewed: bool = False) -> Screen:
    """The address, and how a phone takes it."""
    return Screen(
        t("calendar.feed.renewed" if renewed else "calendar.feed", link=link),
        [
            [Button(t.plain("calendar.feed.another"), AskNewFeedTap())],
            [Button(t.plain("events.my"), MyTap()), *menu_row(t)],
        ],
    )


def ask(t: Texts) -> Screen:
    """Another address ends the one on the phone: it is asked first."""
    return Screen(
        t("calendar.feed.ask"),
        [
            [Button(t.plain("calendar.feed.yes"), NewFeedTap(), style="danger")],
            [Button(t.plain("calendar.feed.no"), FeedTap()), *menu_row(t)],
        ],
    )
