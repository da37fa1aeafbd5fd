"""What a proposal may become, and how a figure has changed since: pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from db.motions.models import FigureSource, MotionStatus
from db.reports.rules import Trend, mean_chance, share_chance
from db.transitions import Transitions

CHANGE_LENGTH, ANSWER_LENGTH = 900, 2000
"""A proposal's words go into an agenda and into a decision, which are as long."""
NOISE = 3
"""A difference of so many points or per cent, or less, is no change: the same people answer a little otherwise."""
SHARE = "share"
"""The measure that is per cent of people; the others are means in points."""
FRACTION = "fraction"
"""The measure of a part of people, in per cent."""
COUNT = "count"
"""The measure of things that are counted one by one: of them each is a change."""

MOTION = Transitions(
    {
        MotionStatus.SUBMITTED: [MotionStatus.CONSIDERED, MotionStatus.WITHDRAWN],
        MotionStatus.CONSIDERED: [MotionStatus.ACCEPTED, MotionStatus.DECLINED],
        MotionStatus.ACCEPTED: [],
        MotionStatus.DECLINED: [],
        MotionStatus.WITHDRAWN: [],
    },
    refusal="motion_moved",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFigure:
    """A figure as a report tells it; `asked` is what the report needs to be opened at it again."""

    source: FigureSource
    measure: str
    name: str
    about: str = ""
    unit_name: str = ""
    centre_id: int | None = None
    municipality_id: int | None = None
    organisation_id: int | None = None
    value: int | None
    word: str = ""
    people: int
    least: int
    version: int
    form: str
    asked: Mapping[str, str] = field(default_factory=dict)


def moved(then: ReportFigure, now: ReportFigure | None) -> Trend:
    """Tells how a figure has changed.

    One by other questions can't be compared, one that is not told any more neither; what was or is told in words is
    the same word or another one. What chance may do with so few people is no change.
    """
    if now is None:
        return Trend.UNKNOWN
    if then.form != now.form:
        return Trend.INCOMPARABLE
    if then.value is None or now.value is None:
        return Trend.SAME if then.word == now.word and then.value == now.value else Trend.IN_WORDS
    difference = now.value - then.value
    noise = 0.0 if then.measure == COUNT else _noise(then, now, then.value, now.value)
    if abs(difference) <= noise:
        return Trend.SAME
    return Trend.GREW if difference > 0 else Trend.FELL


def _noise(then: ReportFigure, now: ReportFigure, was: int, value: int) -> float:
    """How far the two may be from each other without a change: by chance, as waves and memos have it, where known."""
    if then.source is FigureSource.SURVEY or not (then.people and now.people):
        return NOISE
    if then.measure in (SHARE, FRACTION):
        part, part_now = was / 100 * then.people, value / 100 * now.people
        return max(NOISE, 100 * share_chance((part, then.people), (part_now, now.people)))
    return max(NOISE, mean_chance(then.people, now.people))
