"""How much of a group's numbers may be said. Pure rules, no Session.

Which groups there are is decided when results are published: see `db/diagnostics/blocks.py`. Within a group a number
can still tell everybody's answer: five of five, or a mean at the end of the scale.
"""

import enum

STEP = 5
"""Counts within a group are told in fives, so that two of them differ by nobody or by five and more."""
FEW = 10
"""Below so many people parts of a group are told in words."""


class Portion(enum.StrEnum):
    """A part of a group in words."""

    HARDLY_ANY = "hardly_any"
    SOME = "some"
    ALMOST_ALL = "almost_all"


def told(count: int, people: int) -> int | Portion:
    """How many of a group, in fives; in words where the group is small, and for all or nobody in any group."""
    if people < FEW:
        if 4 * count < people:
            return Portion.HARDLY_ANY
        return Portion.ALMOST_ALL if 4 * count > 3 * people else Portion.SOME
    if round(count / STEP) == 0:
        return Portion.HARDLY_ANY
    return Portion.ALMOST_ALL if round((people - count) / STEP) == 0 else STEP * round(count / STEP)


def share(count: int, people: int) -> int | Portion:
    """The same in per cent."""
    said = told(count, people)
    return said if isinstance(said, Portion) else round(100 * said / people)


def mean(total: float, people: int, *, low: float, high: float) -> float:
    """The mean of a group; of a small one never nearer to an end of the scale than a twentieth of it.

    A mean at the very end would be everybody's own value.
    """
    found = total / people
    if people >= FEW:
        return found
    margin = (high - low) / 20
    return min(max(found, low + margin), high - margin)
