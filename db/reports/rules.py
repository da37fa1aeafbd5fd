"""Which aggregates may be published so that nobody's own result is given away. Pure rules, no Session.

The rule (DOMAIN): results of a self-diagnosis are seen by others only in groups of at least `least` people.

Hiding small cells is not enough: a total minus the shown cells tells the hidden one, and so do two filters. Therefore
everything published about one component is a function of **blocks**: disjoint groups of people, each of at least
`least`. Whatever is added or subtracted, only unions of blocks come out. The blocks are made so:

* a municipality with `least` people or more is a block of its own; the smaller ones together are one block if they have
  as many between them, otherwise nothing is said of them;
* a filter by a part (a position) cuts a municipality into blocks: every part with `least` people, and the rest; where
  the rest would be smaller, the smallest part joins it and is not shown alone;
* totals are summed from the blocks shown in that very table, never from all people;
* the same blocks serve every viewer, whatever the account's municipalities: two accounts together learn no more than
  one. So the block of the small ones is shown to the whole region's accounts only.

What is behind a cell is a second cut of the same municipality, by bands of the deficit. Neighbouring bands are joined
until each has nobody or `least` people; only whole municipalities' bands are ever shown, no total of them and nothing
under a filter. Items with a difficulty are told where both those who have it and those who don't are nobody or `least`.

What this does not withstand: somebody who keeps yesterday's table and sees it change by one person today, or who knows
the results of everybody else in the group. Means are therefore shown as whole numbers.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

G = TypeVar("G", bound=Hashable)
Q = TypeVar("Q", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Blocks:
    """What may be shown of one component: whole groups, the small groups as one block, and parts of groups."""

    whole: frozenset[Hashable]
    together: frozenset[Hashable]
    parts: frozenset[tuple[Hashable, Hashable]]


@dataclass(frozen=True, slots=True)
class Range:
    """Neighbouring bands `first`…`last` told as one; `count` is nobody or a group that is large enough."""

    first: int
    last: int
    count: int


def whole_groups(counts: Mapping[G, int], least: int) -> tuple[frozenset[G], frozenset[G]]:
    """The groups that are shown, and those that are shown as one block (none where even together they are few)."""
    whole = frozenset(group for group, count in counts.items() if count >= least)
    small = frozenset(group for group, count in counts.items() if 0 < count < least)
    enough = sum(counts[group] for group in small) >= least
    return whole, small if enough else frozenset()


def blocks(counts: Mapping[tuple[G, Q], int], least: int) -> Blocks:
    """Blocks of one component from the counts of its parts in every group."""
    inside: dict[G, dict[Q, int]] = {}
    for (group, part), count in counts.items():
        inside.setdefault(group, {})[part] = count
    whole, together = whole_groups({group: sum(parts.values()) for group, parts in inside.items()}, least)
    alone = {(group, part) for group in whole for part in _alone(inside[group], least)}
    return Blocks(frozenset(whole), frozenset(together), frozenset(alone))


def _alone(parts: Mapping[Q, int], least: int) -> set[Q]:
    """Parts of a shown group that may stand alone: what is left over must be nobody or a group itself."""
    # Ties are broken by name, so that the same people are cut the same way every time.
    large = sorted((part for part, count in parts.items() if count >= least), key=lambda part: (parts[part], str(part)))
    rest = sum(parts.values()) - sum(parts[part] for part in large)
    while large and 0 < rest < least:
        rest += parts[large.pop(0)]
    return set(large)


def ranges(bands: Sequence[int], least: int) -> list[Range]:
    """Counts by band as ranges, from the first band on, each with nobody or at least `least` people.

    Joining begins at the last band (the greatest deficit), because the ends are what gives people away. Raises
    ValueError where all of them are fewer than `least`: such a group is not to be shown at all.
    """
    if 0 < sum(bands) < least:
        raise ValueError("a group this small is not shown")
    found: list[Range] = []
    last, count = len(bands) - 1, 0
    for band in reversed(range(len(bands))):
        count += bands[band]
        if count == 0 or count >= least:
            found.insert(0, Range(band, last, count))
            last, count = band - 1, 0
    if count:
        first = next(index for index, found_range in enumerate(found) if found_range.count)
        joined = found[first]
        found[: first + 1] = [Range(0, joined.last, joined.count + count)]
    return found


def count_from(found: Sequence[Range], band: int) -> int | None:
    """How many people are in this band or a later one; nothing where a range lies across the cut."""
    if any(one.first < band <= one.last for one in found):
        return None
    return sum(one.count for one in found if one.first >= band)


def may_tell(count: int, size: int, least: int) -> bool:
    """Whether a count within a shown group may be told: both it and the others are nobody or large enough."""
    others = size - count
    return (count == 0 or count >= least) and (others == 0 or others >= least)
