"""Which advice is for whom, and how long its words may be: pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

MOST = 3
"""As many pieces of advice as one can take in: never more than the next three."""
ALIKE = 2
"""Of one component no more than so many, so that the second one gets a word too."""
TITLE, TEXT, WHY, SIGNED = 60, 280, 150, 120
"""How many characters fit the bot's screen of 700 together with its own words."""


class Rule(Protocol):
    """What is asked of a piece of advice to choose it."""

    @property
    def category_id(self) -> int | None:
        """For whom; nobody in particular is everybody."""

    @property
    def component(self) -> str | None:
        """About what."""

    @property
    def levels(self) -> Sequence[str]:
        """At which levels of it."""

    @property
    def centre_id(self) -> int | None:
        """Whose it is."""

    @property
    def position(self) -> int:
        """Where it stands among others."""

    @property
    def id(self) -> int:
        """Its number."""


R = TypeVar("R", bound=Rule)


@dataclass(frozen=True, slots=True)
class Need:
    """A component of a result that asks for help, with the code of its level where it has one."""

    component: str
    level: str | None


def chosen(rules: Sequence[R], needs: Sequence[Need], categories: Collection[int]) -> list[R]:
    """Chooses the next pieces of advice, at most MOST, the component to begin with first.

    `needs` come in the order of their priority, `categories` are those that the person belongs to. Of what fits, the
    own centre's goes before the whole service's, and what names category and level before what is for all; that stands
    in only where nothing is for the own category.
    """
    order = {need.component: place for place, need in enumerate(needs)}
    levels = {need.component: need.level for need in needs}
    fitting = [one for one in rules if _fits(one, levels, categories)]
    fitting.sort(key=lambda one: (_place(one, order), one.centre_id is None, -_narrow(one), one.position, one.id))
    found: list[R] = []
    for one in fitting:
        alike = [other for other in found if other.component == one.component]
        stands_in = one.category_id is None and any(other.category_id is not None for other in alike)
        if len(alike) < ALIKE and not stands_in:
            found.append(one)
    return found[:MOST]


def _fits(one: Rule, levels: Mapping[str, str | None], categories: Collection[int]) -> bool:
    if one.category_id is not None and one.category_id not in categories:
        return False
    if one.component is None:
        return not one.levels or any(level in one.levels for level in levels.values())
    if one.component not in levels:
        return False
    return not one.levels or levels[one.component] in one.levels


def _place(one: Rule, order: Mapping[str, int]) -> int:
    return len(order) if one.component is None else order[one.component]


def _narrow(one: Rule) -> int:
    """How much a piece of advice is for this very person: the category counts before the level."""
    return 2 * (one.category_id is not None) + bool(one.levels)
