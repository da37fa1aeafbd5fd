"""Says how a declared name is compared with the name of a person. No Session here."""

from itertools import combinations

from db import texts
from db.errors import DomainError

MOST = 20
"""Ties of one person by the own word."""
LONGEST = 120
LEAST, GREATEST = 2, 5
"""Words of a name: a first name and a surname at least."""


def words(name: str) -> list[str]:
    """Returns the words of a name as names are compared, in one order, whichever way it was written."""
    return sorted(set(texts.comparable(name).split()))


def key(name: str) -> str:
    """Returns what a declared name is found by. Raises DomainError `tie_name` for what is no full name."""
    found = words(name)
    if not LEAST <= len(found) <= GREATEST or len(name) > LONGEST or any(len(one.strip(".")) < 2 for one in found):
        raise DomainError("tie_name")
    return " ".join(found)


def keys(full_name: str | None) -> list[str]:
    """Returns every key that means a person of this name: the patronymic may have been left out."""
    found = words(full_name or "")[:GREATEST]
    return [" ".join(some) for number in range(LEAST, len(found) + 1) for some in combinations(found, number)]
