"""Says how reviews make a list: sums, when two lie far apart, how strict a reviewer is, who is above a cut-off."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from db.applications.rules import Lack
from db.commission.models import MemberSeat, ReviewStatus
from db.scope import READ_ONLY, StaffRole
from db.transitions import Transitions

REVIEWING = frozenset({MemberSeat.CHAIR, MemberSeat.SECRETARY, MemberSeat.MEMBER})
"""Who reviews and votes; an observer looks on."""
LOOKING = frozenset({MemberSeat.OBSERVER})
KEEPING = frozenset({MemberSeat.CHAIR, MemberSeat.SECRETARY})
"""Who keeps the commission's papers: members, assignments, sittings."""
MOST_REVIEWS, MOST_SPREAD, MOST_CAP, MOST_PLACES = 5, 240, 1000, 100_000
NOTE = 2000
"""Characters of what a reviewer writes beside the scores."""
CHANGE_REASON = 300
"""Characters of why a commission was changed after its reviews began."""
INCOMPLETE = frozenset({Lack.ANSWER, Lack.LONG, Lack.DOCUMENT})
"""What an application goes back for before anybody reviews it; all else is the reviewers' to judge."""

_S = ReviewStatus
REVIEW = Transitions(
    {_S.ASSIGNED: [_S.DONE, _S.RELEASED], _S.DONE: [], _S.RELEASED: [], _S.FREE: []},
    refusal="review_moved_on",
)


def seats_of(role: StaffRole) -> frozenset[MemberSeat]:
    """Returns the seats that an account of this role may take: the chair's is for the whole region's accounts."""
    if role is StaffRole.READER:
        return LOOKING
    if role in READ_ONLY:
        return frozenset()
    return frozenset(MemberSeat) - ({MemberSeat.CHAIR} if role is StaffRole.MUNICIPAL_METHODIST else set())


def total(scores: Mapping[int, int], weights: Mapping[int, int]) -> int:
    """Returns the sum of scores by the criteria's weights."""
    return sum(score * weights.get(number, 0) for number, score in scores.items())


def rounded(points: float) -> float:
    """Returns points as a person reads them: with one digit, and with none where they are whole."""
    return int(points) if points == int(points) else round(points, 1)


def wide(totals: Sequence[int], spread: int) -> bool:
    """Whether sums of one application lie further apart than the threshold."""
    return bool(totals) and max(totals) - min(totals) > spread


def wanted(totals: Sequence[int], *, reviews: int, spread: int) -> int:
    """Returns how many reviews an application needs: one more where the first ones lie far apart."""
    return reviews + 1 if len(totals) >= reviews and wide(totals, spread) else reviews


class Reviewed(NamedTuple):
    """An application whose reviews are all in: sums by the reviewer's account. A list has thousands."""

    application_id: int
    number: int
    totals: Mapping[int, int]


class Place(NamedTuple):
    """A line of the ranked list: its place, the mean of its sums, and whether it is above the cut-off."""

    place: int
    application_id: int
    mean: float
    above: bool


@dataclass(frozen=True, slots=True)
class Strictness:
    """How a reviewer's sums differ from the others' on applications that they share; below zero is stricter."""

    staff_id: int
    shared: int
    deviation: float


def strictness(reviewed: Iterable[Reviewed]) -> dict[int, Strictness]:
    """Returns each reviewer's mean deviation from the mean of the others, over applications with at least two."""
    sums: dict[int, float] = {}
    shared: dict[int, int] = {}
    for one in reviewed:
        count = len(one.totals)
        if count < 2:
            continue
        whole = sum(one.totals.values())
        for staff_id, own in one.totals.items():
            sums[staff_id] = sums.get(staff_id, 0.0) + own - (whole - own) / (count - 1)
            shared[staff_id] = shared.get(staff_id, 0) + 1
    return {number: Strictness(number, shared[number], sums[number] / shared[number]) for number in sums}


def ranked(reviewed: Iterable[Reviewed], cut: int, *, moved: Mapping[int, float] | None = None) -> list[Place]:
    """Returns the list, the best first; of equal means the one sent earlier. The first `cut` are above the line.

    `moved` says by how many points a reviewer's sums are taken to be lower.
    """
    means = []
    for one in reviewed:
        if one.totals:
            lower = sum(moved.get(number, 0.0) for number in one.totals) if moved else 0.0
            # Division rounds equal parts equally, so equal means are equal numbers.
            means.append(((sum(one.totals.values()) - lower) / len(one.totals), one))
    means.sort(key=lambda pair: (-pair[0], pair[1].number))
    return [Place(place, one.application_id, mean, place <= cut) for place, (mean, one) in enumerate(means, 1)]


def changed(before: Sequence[Place], after: Sequence[Place]) -> frozenset[int]:
    """Returns the applications that are above the line in one list only."""
    return above(before) ^ above(after)


def above(places: Sequence[Place]) -> frozenset[int]:
    """Returns the applications above the line."""
    return frozenset(one.application_id for one in places if one.above)


def tied(places: Sequence[Place]) -> int:
    """Returns how many below the line have the mean of the last one above it: chance alone tells them apart."""
    last = [one for one in places if one.above][-1:]
    return sum(not one.above and one.mean == last[0].mean for one in places) if last else 0


@dataclass(slots=True)
class ReviewLoad:
    """How many reviews an account has of how many it takes."""

    staff_id: int
    has: int
    cap: int

    @property
    def free(self) -> bool:
        """Whether it takes one more."""
        return self.has < self.cap


def least_loaded(loads: Iterable[ReviewLoad], barred: Collection[int]) -> ReviewLoad | None:
    """Returns who takes the next review: of those who may, the one with the smallest part of the own cap."""
    able = [one for one in loads if one.free and one.staff_id not in barred]
    return min(able, key=lambda one: (one.has / one.cap, one.staff_id), default=None)
