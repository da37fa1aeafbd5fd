"""How much of a group's numbers may be said. Pure rules, no Session.

Which groups there are is decided when results are published: see `db/diagnostics/blocks.py`. Within a group a number
can still tell everybody's answer: five of five, or a mean at the end of the scale.
"""

import enum
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import correlation, pvariance

from db.diagnostics.content import ANCHORS, DECLINED

STEP = 5
"""Counts within a group are told in fives, so that two of them differ by nobody or by five and more."""
FEW = 10
"""Below so many people parts of a group are told in words."""


class Trend(enum.StrEnum):
    """How a figure differs from an earlier one, wherever two stand side by side: reports, proposals, memos."""

    GREW = "grew"
    FELL = "fell"
    SAME = "same"
    NOISE = "noise"
    """It differs by less than chance would."""

    IN_WORDS = "in_words"
    """One of them is told in words, and the words differ."""

    INCOMPARABLE = "incomparable"
    """They were counted otherwise."""

    SMALL = "small"
    """One of them is too small to be told."""

    UNKNOWN = "unknown"
    """There are no two figures."""


class Portion(enum.StrEnum):
    """A part of a group in words."""

    HARDLY_ANY = "hardly_any"
    SOME = "some"
    ALMOST_ALL = "almost_all"


def full_name(name: str, title: str) -> str:
    """A component's name with its title, as forms and the bot call it: the two are tied where only one would stand."""
    return name if name.casefold() == title.casefold() else f"{name} ({title})"


def told(count: int, people: int) -> int | Portion:
    """How many of a group, in fives; in words where the group is small, and for all or nobody in any group."""
    if people < FEW:
        if 4 * count < people:
            return Portion.HARDLY_ANY
        return Portion.ALMOST_ALL if 4 * count > 3 * people else Portion.SOME
    if round(count / STEP) == 0:
        return Portion.HARDLY_ANY
    return Portion.ALMOST_ALL if round((people - count) / STEP) == 0 else STEP * round(count / STEP)


def to_fives(count: int) -> int:
    """A count to the nearest five: how much of a group is told to whoever learns no names."""
    return STEP * round(count / STEP)


def down_to_fives(count: int) -> int:
    """A count of people in fives, never more than there are."""
    return count // STEP * STEP


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


SURE = 1.96
"""So many standard errors a difference has to be beyond, to be no chance (95 %)."""


def share_chance(before: tuple[float, int], after: tuple[float, int]) -> float:
    """How far two shares, each as (part, whole), may be from each other by chance: of one, not per cent.

    The error of their difference where both are of one share, the pooled one. Both wholes are above zero.
    """
    (part, whole), (part_now, whole_now) = before, after
    both = (part + part_now) / (whole + whole_now)
    return SURE * math.sqrt(both * (1 - both) * (1 / whole + 1 / whole_now))


SPREAD = 20.0
"""The spread of people's deficits in points, taken where it is not known: of 0–100 a usual one."""


def mean_chance(people_then: int, people_now: int) -> float:
    """How far two means in points of 0–100 may be from each other by chance."""
    return SURE * SPREAD * math.sqrt(1 / people_then + 1 / people_now)


Marks = Sequence[Sequence[int]]
"""What people answered to the items of one component: a row each, those who answered them all."""


def alpha(marks: Marks) -> float | None:
    """Cronbach's alpha: how far the items of a component measure one thing.

    k/(k - 1) * (1 - the sum of the items' variances / the variance of the sums). None for one item, or where all have
    the same sum. Source: L. Cronbach, Psychometrika 16 (1951).
    """
    if not marks or len(marks[0]) < 2:
        return None
    count = len(marks[0])
    total = pvariance([sum(row) for row in marks])
    if not total:
        return None
    own = sum(float(pvariance(column)) for column in zip(*marks, strict=True))
    return count / (count - 1) * (1 - own / float(total))


def item_rest(marks: Marks) -> list[float | None]:
    """How each item goes with the sum of the component's others, by Pearson; none where either never varies."""
    columns = list(zip(*marks, strict=True))
    if len(columns) < 2:
        return [None for _ in columns]
    found: list[float | None] = []
    for place, column in enumerate(columns):
        rest = [sum(row) - row[place] for row in marks]
        varies = len(set(column)) > 1 and len(set(rest)) > 1
        found.append(correlation(column, rest) if varies else None)
    return found


BATCH = 30
"""Below so many a coefficient says nothing of the instrument, and much of those who answered."""
SAMPLE = 1500
"""More than this an estimate does not need: its error is below two hundredths already."""


@dataclass(frozen=True, slots=True)
class ItemMeasured:
    """An item: how it goes with the others of its component, and how many per cent said it is not theirs, or passed."""

    code: str
    rest: float | None
    not_mine: int | Portion
    declined: int | Portion


@dataclass(frozen=True, slots=True)
class ComponentMeasured:
    """A component by the `people` who answered all its items, in fives; no coefficient where they are too few."""

    alpha: float | None
    people: int
    items: Sequence[ItemMeasured]


def measured(codes: Sequence[str], said: Sequence[Mapping[str, int | None]]) -> ComponentMeasured:
    """Tells how well a component's items measure by what BATCH people and more answered, by item."""
    not_mine, declined = Counter[str](), Counter[str]()
    for answers in said:
        not_mine.update(code for code in codes if code in answers and answers[code] is None)
        declined.update(code for code in codes if answers.get(code) == DECLINED)
    rows = ([one.get(code) for code in codes] for one in said)
    marks = [[value for value in row if value is not None and value < ANCHORS] for row in rows]
    whole = [row for row in marks if len(row) == len(codes)]
    enough = len(whole) >= BATCH
    rests = item_rest(whole) if enough else [None] * len(codes)
    items = [
        ItemMeasured(code, rests[place], share(not_mine[code], len(said)), share(declined[code], len(said)))
        for place, code in enumerate(codes)
    ]
    return ComponentMeasured(alpha(whole) if enough else None, down_to_fives(len(whole)), items)
