"""Says in one shape what somebody answers for and who could take it over: a pair, a group, a request.

A noun brings its own by `handover.py`, see `db.nouns.Handover`; `db.handover` asks all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Taker:
    """Somebody who may take an affair over; `load` is how many of the kind they have.

    A `colleague` works at the school of whom the affair is about: this is said, and such people come last.
    """

    person_id: int
    name: str
    place: str
    load: int
    colleague: bool = False


@dataclass(frozen=True, slots=True)
class Affair:
    """One thing that a person answers for: `title` says of whom or of what, `about_id` is the person it is about."""

    id: int
    title: str
    takers: Sequence[Taker]
    about_id: int | None = None
