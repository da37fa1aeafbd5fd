"""Says what part a noun brings to the panel; `db.nouns` has the list of nouns and finds the parts."""

from collections.abc import Sequence
from typing import Protocol

from admin.base import View
from db.nouns import Part


class Views(Protocol):
    """`views.py`: the noun's pages. Where the menu shows them each page says itself, by its section and order."""

    VIEWS: Sequence[View]


VIEWS: Part[Views] = Part("admin", "views", Views)
