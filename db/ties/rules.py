"""Says how a declared name is compared with the name of a person. No Session here."""

from itertools import combinations

from db import texts
from db.errors import DomainError

MOST = 20
"""Ties of one person by the own word."""
LONGEST = 120
LEAST, GREATEST = 2, 5
"""Words of a name: a first name and a surname at least."""
PAPER = " paper "
"""Begins the key of a name that came on paper: no word of a name begins with a space."""


def words(name: str) -> list[str]:
    """Returns the words of a name as names are compared, in one order, whichever way it was written."""
    return sorted(set(texts.comparable(name).split()))


def key(name: str) -> str:
    """Returns what a declared name is found by. Raises DomainError `tie_name` for what is no full name."""
    found = words(name)
    if not LEAST <= len(found) <= GREATEST or len(name) > LONGEST or any(len(one.strip(".")) < 2 for one in found):
        raise DomainError("tie_name")
    return " ".join(found)


def paper_key(name: str) -> str:
    """Returns the key of a name that came on paper. Raises as `key` does.

    It is another one than that of the same name said in the bot: so neither word replaces, shows or ends the other.
    """
    return PAPER + key(name)


def named(key: str) -> str:
    """Returns the words of a key, wherever the name was said."""
    return key.removeprefix(PAPER)


def keys(full_name: str | None) -> list[str]:
    """Returns every key that means a person of this name: the patronymic may have been left out."""
    found = words(full_name or "")[:GREATEST]
    said = [" ".join(some) for number in range(LEAST, len(found) + 1) for some in combinations(found, number)]
    return [*said, *(PAPER + one for one in said)]
