"""What a re-test of one component asks, from which day it makes sense, and what its answers tell: pure.

The last question is a then-test: how one sees the former time with the eyes of today. Whoever learns measures more
strictly (a response shift), so that equal marks may hide growth: marks of one measure are told beside those of two.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo

from db.diagnostics.content import ANCHORS, Component, Item, Questionnaire
from db.diagnostics.rules import Answers, ItemMove, is_steady, marked, moves
from db.dictionaries.rules import Rules
from db.retests.models import RetestStatus
from db.transitions import Transitions

THEN = "_then"
"""The item about then. No code of an instrument begins so."""


class RetestRefusal(enum.StrEnum):
    """What stands against a re-test whatever the day: too few items were answered, or too few stayed as they were."""

    LITTLE = "retest_little"
    RENEWED = "retest_renewed"


RETEST_MOVES = Transitions({RetestStatus.OPEN: [RetestStatus.DONE], RetestStatus.DONE: []}, refusal="retest_closed")


@dataclass(frozen=True, slots=True)
class ThenMark:
    """One item by two measures: `was` is what was said then, `seen` how then looks today, `now` what is said now."""

    item: Item
    was: int
    seen: int
    now: int | None

    @property
    def shift(self) -> int:
        """How the measure has moved: below nought it has become stricter."""
        return self.seen - self.was


@dataclass(frozen=True, slots=True)
class Compared:
    """A component then and now, by the items that were answered both times.

    Without levels where those are fewer than a level needs. `steady` says that the change is within the instrument's
    own error of `band` points.
    """

    before: float | None
    now: float | None
    steady: bool
    band: int
    moves: tuple[ItemMove, ...]
    then: ThenMark | None

    @property
    def change(self) -> float | None:
        """How many points the level moved."""
        return None if self.before is None or self.now is None else round(self.now - self.before, 2)


def opens_on(last_at: datetime, rules: Rules, zone: tzinfo) -> date:
    """Returns the first local day on which a component may be asked again after its last answers."""
    return last_at.astimezone(zone).date() + timedelta(days=rules.component_retest_days)


def enough(component: Component, rules: Rules) -> int:
    """Returns how many answers a level needs, as in a whole result."""
    return min(rules.min_answered, len(component.items))


def asked(component: Component, before: Answers) -> tuple[Item, ...]:
    """Returns the items that can be compared: those of today's version that were answered then."""
    return tuple(item for item in component.items if item.code in marked(component, before))


def then_item(items: Sequence[Item], before: Answers, wanted: str | None) -> str:
    """Returns of which item to ask how it was then: the one that the step was for, else the one answered lowest."""
    codes = [item.code for item in items]
    return wanted if wanted in codes else min(codes, key=lambda code: before[code] or 0)


def sheet(content: Questionnaire, component: Component, items: Sequence[Item], then: str) -> Questionnaire:
    """Cuts a questionnaire down to the items of one component, with the question about then after them."""
    of = next(item for item in items if item.code == then)
    questions = (*items, replace(of, code=THEN))
    places = {item.code: place for place, item in enumerate(questions)}
    part = replace(component, questions=questions)
    return replace(content, components=(part,), items=questions, places=places)


def compared(component: Component, before: Answers, now: Answers, then: str, rules: Rules) -> Compared:
    """Tells what two sheets of answers say of a component; `then` is the item that was asked about then."""
    old, new = marked(component, before), marked(component, now)
    both = old.keys() & new.keys()
    level = len(both) >= enough(component, rules)
    was, is_now = (_level([marks[code] for code in both]) if level else None for marks in (old, new))
    return Compared(
        before=was,
        now=is_now,
        steady=was is not None and is_now is not None and is_steady(round(is_now - was, 2), rules),
        band=rules.change_band,
        moves=tuple(moves(component, before, now)),
        then=_then(component, old, now, then),
    )


def _level(marks: Sequence[int]) -> float:
    return round(100 * sum(marks) / (len(marks) * (ANCHORS - 1)), 2)


def _then(component: Component, old: Answers, now: Answers, code: str) -> ThenMark | None:
    item = next((one for one in component.items if one.code == code), None)
    was, seen = old.get(code), now.get(THEN)
    if item is None or was is None or seen is None or seen >= ANCHORS:
        return None
    return ThenMark(item, was, seen, marked(component, now).get(code))
