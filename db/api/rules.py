"""What a token is, how long it lasts, and which rows of a report are too small to leave the panel. No Session."""

import re
import secrets
from collections.abc import Sequence
from datetime import date, timedelta

PREFIX = "opora_"
"""So that a token is known for what it is where it should not be: in a commit, in a letter."""
TOKEN = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}", re.ASCII)
LONGEST = timedelta(days=365)
NAME_LENGTH = 100
KEPT = timedelta(days=400)
"""How long it is known how often a token read what."""


def fresh_token() -> str:
    """Returns a new token of 256 random bits: of so many its plain hash, which is what is kept, tells nothing."""
    return PREFIX + secrets.token_urlsafe(32)


def lasts_too_long(last_day: date, today: date) -> bool:
    """Whether a term is over already or longer than a year."""
    return not today <= last_day <= today + LONGEST


def withheld(sizes: Sequence[int], least: int) -> set[int]:
    """Returns which rows of a list of groups are not told: those of fewer people than `least`, and one more.

    The next larger one goes with them, so that `least` are in all of them together: the total minus the others would
    tell them otherwise, and whoever knows this rule could not say which of the rows is a small one.
    """
    order = sorted((place for place, size in enumerate(sizes) if size > 0), key=lambda place: (sizes[place], place))
    small = sum(1 for place in order if sizes[place] < least)
    return set(order[: small + 1]) if small else set()
