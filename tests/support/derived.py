"""Who can be worked out of published sums: the rank of all that was ever told, as auditors of statistics take it."""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping
from itertools import combinations
from typing import TypeVar

Mark = TypeVar("Mark", bound=Hashable)
LEAST = 5
PRIME = (1 << 61) - 1
"""Ranks are taken modulo a prime: one that is too small is as good as impossible, and whole numbers stay small."""


def derived(told: Iterable[Collection[Mark]], known: Collection[Mark] = ()) -> list[set[Mark]]:
    """Returns the groups of fewer than LEAST people that some combination of the sums is of alone; best are none.

    `told` are the groups that a number was ever told of. Whoever is in exactly the same sums weighs alike in every
    combination. One of a small group's people alone exists where taking their columns away lowers the rank. `known` are
    read anyway and count as nobody.
    """
    groups = [set(one) for one in dict.fromkeys(frozenset(group) for group in told)]
    members: dict[tuple[int, ...], set[Mark]] = {}
    for mark in set().union(*groups):
        members.setdefault(tuple(number for number, one in enumerate(groups) if mark in one), set()).add(mark)
    classes = list(members.items())
    unknown = [len(people - set(known)) for _, people in classes]
    small = [number for number, size in enumerate(unknown) if 0 < size < LEAST]
    free = [number for number, size in enumerate(unknown) if not size]
    rows = [{number: 1 for number, (inside, _) in enumerate(classes) if row in inside} for row in range(len(groups))]
    whole = _rank(rows, without=free)
    found = []
    for many in range(1, LEAST):
        for some in combinations(small, many):
            if sum(unknown[number] for number in some) < LEAST and _rank(rows, without=[*free, *some]) < whole:
                found.append(set().union(*(classes[number][1] for number in some)))
    return found


def _rank(rows: Iterable[Mapping[int, int]], without: Collection[int]) -> int:
    left = [{column: value for column, value in row.items() if column not in without} for row in rows]
    rank = 0
    while left:
        row = left.pop()
        if not row:
            continue
        rank += 1
        pivot, value = next(iter(row.items()))
        inverse = pow(value, -1, PRIME)
        for other in left:
            if factor := other.get(pivot, 0) * inverse % PRIME:
                sums = Counter({column: -factor * part for column, part in row.items()})
                for column, part in sums.items():
                    if rest := (other.get(column, 0) + part) % PRIME:
                        other[column] = rest
                    else:
                        other.pop(column, None)
    return rank
