"""Scoring and the walk through a questionnaire, as pure functions.

Sources: the six components are of a district service's programme (task 1); scale, cuts and priority are of this
product's task: level L = 100·mean/4 over answered items, deficit D = 100 − L, priority P = 0.7·D + 0.3·100·need/3.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, TypeVar

from db.diagnostics.content import ANCHORS, DECLINED, NEEDS, Component, Item, Questionnaire
from db.diagnostics.models import AttemptStatus, VersionStatus
from db.dictionaries.models import Audience
from db.dictionaries.rules import Rules
from db.errors import DomainError
from db.people.rules import SURE_LETTERS, Option, match
from db.texts import comparable
from db.transitions import Transitions

Answers = Mapping[str, int | None]
P = TypeVar("P", bound=Hashable)
WISH = 2  # a need from «нужна» on is a wish of its own, which leads to help whatever the level is
HUNDREDTHS = 100
POINT_DEFICIT = 1  # an item answered 0 or 1 is a difficulty of its own, whatever the component's level
DIFFICULT = 2
"""An item answered so or lower is grown before one that goes well already."""
STRONG_LEVEL = 75
"""All levels from this one on, and nothing that is difficult: whoever answers so has something to share."""
NUDGE_AFTER = timedelta(days=2)
MIDDLE_BAND = 2
"""Bands from this one on lie above the middle cut."""

ATTEMPT_MOVES = Transitions(
    {AttemptStatus.IN_PROGRESS: {AttemptStatus.COMPLETED}, AttemptStatus.COMPLETED: ()}, refusal="diagnostics_closed"
)
VERSION_MOVES = Transitions(
    {
        VersionStatus.DRAFT: {VersionStatus.PUBLISHED},
        VersionStatus.PUBLISHED: {VersionStatus.RETIRED},
        VersionStatus.RETIRED: (),
    }
)


@dataclass(frozen=True, slots=True)
class Score:
    """The result for one component in points of 0–100; empty level, deficit and priority mean too few answers.

    `need` is 0–3. `point_deficits` are codes of items. `borderline` means within the rules' points of a cut.
    """

    component: str
    level: float | None
    deficit: float | None
    need: int | None
    priority: float | None
    borderline: bool
    point_deficits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemMove:
    """An item that was answered otherwise than the last time."""

    item: Item
    before: int
    now: int


OFFERED = {
    Audience.TEACHER: (Audience.TEACHER,),
    Audience.METHODIST: (Audience.METHODIST, Audience.TEACHER),
    Audience.MANAGER: (Audience.MANAGER,),
}
"""Whose instruments are for whom: a methodist is a pedagogue too."""


def offered(own: Audience, published: Collection[Audience]) -> tuple[Audience, ...]:
    """Returns whose instruments a person is offered, the own first; the teachers' where none is for the own."""
    found = tuple(one for one in OFFERED[own] if one in published)
    return found or OFFERED[Audience.TEACHER]


def score(questionnaire: Questionnaire, answers: Answers, rules: Rules) -> tuple[Score, ...]:
    """A score for each component, in the questionnaire's order."""
    return tuple(_component(component, answers, rules) for component in questionnaire.components)


def _component(component: Component, answers: Answers, rules: Rules) -> Score:
    given = marked(component, answers)
    marks = list(given.values())
    need = answers.get(component.need.code)
    points = tuple(code for code, mark in given.items() if mark <= POINT_DEFICIT)
    # A component shorter than the region's minimum would never have a level.
    if not marks or len(marks) < min(rules.min_answered, len(component.items)):
        return Score(component.code, None, None, need, None, False, points)
    level = round(100 * sum(marks) / (len(marks) * (ANCHORS - 1)), 2)
    deficit = round(100 - level, 2)
    return Score(
        component=component.code,
        level=level,
        deficit=deficit,
        need=need,
        priority=priority(deficit, need, rules.need_weight),
        borderline=is_borderline(deficit, rules),
        point_deficits=points,
    )


def marked(component: Component, answers: Answers) -> dict[str, int]:
    """What was answered of a component: neither «не про мою работу» nor «не хочу отвечать»."""
    given = ((item.code, answers.get(item.code)) for item in component.items)
    return {code: mark for code, mark in given if mark is not None and mark != DECLINED}


def priority(deficit: float, need: int | None, need_weight: float) -> float:
    """How soon to help, 0–100: the deficit and the person's own wish. A wish that wasn't told counts as none."""
    return round((1 - need_weight) * deficit + need_weight * 100 * (need or 0) / (NEEDS - 1), 2)


def band(deficit: float, cuts: Sequence[int]) -> int:
    """Which band a deficit is in: 0 (the smallest deficit) … len(cuts). On a cut it belongs to the smaller deficit."""
    return sum(deficit > cut for cut in cuts)


def level_index(deficit: float, cuts: Sequence[int]) -> int:
    """The same for a questionnaire's `levels`, which go from the lowest level to the highest."""
    return len(cuts) - band(deficit, cuts)


def is_borderline(deficit: float, rules: Rules) -> bool:
    """Whether a deficit is so near a cut that its band should be read as approximate."""
    return any(abs(deficit - cut) <= rules.borderline for cut in rules.deficit_cuts)


def strongest(scores: Sequence[Score]) -> Score | None:
    """The component with the highest level; the first of equals; none where nothing could be counted."""
    counted = [one for one in scores if one.level is not None]
    return max(counted, key=lambda one: one.level or 0.0, default=None)


def weakest(scores: Sequence[Score]) -> Score | None:
    """The component with the lowest level; none where all levels are equal, for then nothing stands out."""
    counted = [one for one in scores if one.level is not None]
    if not counted or len({one.level for one in counted}) == 1:
        return None
    return min(counted, key=lambda one: one.level or 0.0)


def priorities(scores: Sequence[Score]) -> tuple[Score, ...]:
    """The two components to help with first: the highest priority, then the greatest wish, else the next priority.

    Those without any need or deficit are left out. A wish counts where too little was answered for a level, too.
    """
    wanted = sorted(
        (one for one in scores if one.priority or one.need), key=lambda one: (-(one.priority or 0.0), -(one.need or 0))
    )
    # The first of equals: where nothing was wished, the next priority.
    second = max(wanted[1:], key=lambda one: one.need if one.need and one.need >= WISH else 0, default=None)
    return (*wanted[:1], second) if second else tuple(wanted)


def first(scores: Sequence[Score]) -> Score | None:
    """The one component to begin with; none where all are equal, for then nothing stands out."""
    counted = [one.priority for one in scores if one.priority is not None]
    if len(counted) > 1 and len(set(counted)) == 1:
        return None
    return next(iter(priorities(scores)), None)


def hardest(component: Component, answers: Answers) -> Item | None:
    """The item with the lowest answer, the first of equals; none where nothing is left to grow."""
    marks = marked(component, answers)
    given = [(marks[item.code], item) for item in component.items if item.code in marks]
    mark, item = min(given, key=lambda one: one[0], default=(ANCHORS, None))
    return item if mark < ANCHORS - 1 else None


def hard_mark(components: Sequence[Component], answers: Answers) -> int:
    """The highest answer that one of the person's two hardest items has; equals are equally hard.

    Where something is difficult, nothing that goes well is among them; where nothing is, the lowest answer alone.
    """
    marks = sorted(mark for component in components for mark in marked(component, answers).values())
    if not marks:
        return 0
    return min(marks[:2][-1], max(marks[0], DIFFICULT))


def is_strong(components: Sequence[Component], scores: Sequence[Score], answers: Answers) -> bool:
    """Whether every level that is known is high and no answer tells of a difficulty."""
    levels = [one.level for one in scores if one.level is not None]
    marks = [mark for component in components for mark in marked(component, answers).values()]
    return bool(levels and marks) and min(levels) >= STRONG_LEVEL and min(marks) > DIFFICULT


def moves(component: Component, before: Answers, now: Answers) -> list[ItemMove]:
    """Lists the items answered otherwise than before, those that grew most first."""
    old, new = marked(component, before), marked(component, now)
    both = (one for one in component.items if one.code in old.keys() & new.keys())
    found = [ItemMove(one, old[one.code], new[one.code]) for one in both]
    return sorted((one for one in found if one.before != one.now), key=lambda one: one.before - one.now)


def is_steady(change: float, rules: Rules) -> bool:
    """Whether a change is within the instrument's own error, so that it is told as no change."""
    return abs(change) <= rules.change_band


def changes(now: Sequence[Score], before: Sequence[Score]) -> dict[str, float]:
    """How many points each level moved; only components that have a level in both results."""
    levels = {one.component: one.level for one in before if one.level is not None}
    return {
        one.component: round(one.level - levels[one.component], 2)
        for one in now
        if one.level is not None and one.component in levels
    }


def comparable_components(now: Questionnaire, former: Questionnaire) -> set[str]:
    """Returns components that ask the same in both versions: an item that means something else has another code."""
    before = {component.form for component in former.components}
    return {component.code for component in now.components if component.form in before}


def next_item(questionnaire: Questionnaire, answers: Answers, after: str | None = None) -> Item | None:
    """The next item without an answer: after the given one, else from the beginning; none when all are answered."""
    start = 0 if after is None else questionnaire.place(after) + 1
    items = questionnaire.items
    for item in (*items[start:], *items[:start]):
        if item.code not in answers:
            return item
    return None


def previous_item(questionnaire: Questionnaire, code: str) -> Item | None:
    """The item before this one; none before the first."""
    place = questionnaire.place(code)
    return questionnaire.items[place - 1] if place else None


def answer_fits(item: Item, value: int | None) -> bool:
    """Whether the item can be answered so: 0–4, «не про мою работу» or «не хочу отвечать», a need 0–3."""
    if value is None or value == DECLINED:
        return not item.need
    return 0 <= value < len(item.options)


def typed_answer(item: Item, said: str, *, numbers: Sequence[str], letters: str, others: Sequence[str]) -> int | None:
    """Reads an answer that was typed: a number or its word («3.», «three»), its letter, the wording of an option.

    `numbers` are the words from nought on, `others` those for «не про мою работу» and «не хочу отвечать». Raises
    DomainError `diagnostics_unclear`, `diagnostics_unclear_wish`.
    """
    plain = comparable(said).strip(" .,!()")
    if not item.need:
        known = [str(value) for value in range(len(item.options))]
        for spelled in (known, [comparable(one) for one in numbers], list(letters)):
            if plain in spelled[: len(item.options)]:
                return spelled.index(plain)
    wordings = [Option(value, text) for value, text in enumerate(item.options)]
    if not item.need:
        wordings += [Option(value, text) for value, text in enumerate(others, len(item.options))]
    found = match(said, wordings).sure if len(plain) >= SURE_LETTERS else None
    if found is None:
        raise DomainError("diagnostics_unclear_wish" if item.need else "diagnostics_unclear", typed=said[:60])
    return found.id if found.id < len(item.options) else (None, DECLINED)[found.id - len(item.options)]


def retest_on(completed_at: datetime, rules: Rules, zone: tzinfo) -> date:
    """The first local day on which the next self-diagnosis may begin."""
    return completed_at.astimezone(zone).date() + timedelta(days=rules.retest_days)


def parts_alone(parts: Mapping[P, int], least: int) -> set[P]:
    """The parts of a group that may be told alone: what is left over must be nobody or a group itself."""
    # Ties are broken by name, so that the same people are cut the same way every time.
    large = sorted((part for part, count in parts.items() if count >= least), key=lambda part: (parts[part], str(part)))
    rest = sum(parts.values()) - sum(parts[part] for part in large)
    return set(large[1:] if 0 < rest < least else large)


def cuts_name(cuts: Sequence[int]) -> str:
    """The cuts as one word, to compare with others."""
    return "-".join(str(cut) for cut in cuts)


def days(scores: Collection[Any]) -> dict[str, datetime]:
    """Returns when the first and the last of some scores were finished, as a block keeps it."""
    finished = [one.completed_at for one in scores]
    return {"first_at": min(finished), "last_at": max(finished)}


def sums(scores: Collection[Any], cuts: tuple[int, int, int]) -> dict[str, Any]:
    """Sums scores of one component up, as a block keeps them: deficit and priority in hundredths of a point."""
    bands = Counter(band(one.deficit, cuts) for one in scores)
    # A wish that was not told counts as none, as in the priority.
    needs = Counter(one.need or 0 for one in scores)
    return {
        "people": len(scores),
        "deficit": sum(round(one.deficit * HUNDREDTHS) for one in scores),
        "need": sum(need * count for need, count in needs.items()),
        "priority": sum(round((one.priority or 0) * HUNDREDTHS) for one in scores),
        "above": sum(count for band, count in bands.items() if band >= MIDDLE_BAND),
        "cuts": cuts_name(cuts),
        "bands": [bands[number] for number in range(len(cuts) + 1)],
        "needs": [needs[number] for number in range(NEEDS)],
        "points": dict(Counter(code for one in scores for code in one.point_deficits)),
    }
