"""One search by words for every list: of people, of events, of organisations."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Function, and_, func, literal, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from db.texts import YE, YO, comparable

MOST_WORDS = 12
"""Words after these are not looked at: each is a condition of its own."""
_BETWEEN = re.compile(r"[\s\"'\N{NUMERO SIGN}-]+")


@lru_cache(maxsize=8192)  # names of schools, which every newcomer pages through
def natural(text: str) -> tuple[tuple[int, str], ...]:
    """The key by which people order names: without regard to case and ё, runs of digits as numbers."""
    parts = re.findall(r"\d{1,9}|\D+|\d+", comparable(text))
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


def matches(text: str, *columns: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Returns the condition that every word of the text stands in one of the columns, in any order and case.

    A word may be a part of one: people type the beginning of a name. Dashes, quotes and the sign of a number only part
    words: who keeps a text and who looks for it have others of a kind. Without words the condition is true.
    """
    shown = [shown_comparable(column) for column in columns]
    words = [word for word in _BETWEEN.split(comparable(text)) if word]
    return and_(
        true(),
        *(or_(*(one.contains(word, autoescape=True) for one in shown)) for word in words[:MOST_WORDS]),
    )


def shown_comparable(column: InstrumentedAttribute[Any]) -> Function[str]:
    """Returns a column of names as the database compares them: in lower case, with the letter yo as people type it."""
    return func.replace(func.lower(column), YO, YE)


def whole_words(key: str, column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Returns the condition that every word of a comparable key stands in the column of names, as a word of its own."""
    spaced = literal(" ") + shown_comparable(column) + literal(" ")
    return and_(*(spaced.contains(f" {word} ", autoescape=True) for word in key.split()))


def named(names: Iterable[str], column: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Returns the condition that the column holds one of the names, in any case; they have the form of `texts.name`.

    Of a table that is larger than a list it leaves what the list may be about, to be looked at as `comparable` does.
    """
    return shown_comparable(column).in_({name.lower().replace(YO, YE) for name in names})
