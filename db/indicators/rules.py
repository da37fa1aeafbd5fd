"""What a figure of monitoring says: whether it is enough, and how it changed, in a word. Pure."""

from dataclasses import dataclass

from db.indicators.models import MeasureKind, Rating, WaveStatus
from db.reports.rules import FEW, STEP, Portion, Trend, down_to_fives, mean_chance, share_chance, to_fives, told
from db.transitions import Transitions

WAVE = Transitions(
    {
        WaveStatus.PLANNED: {WaveStatus.OPEN},
        WaveStatus.OPEN: {WaveStatus.FIXED},
        WaveStatus.FIXED: set(),
    },
    refusal="wave_moved",
)
HUNDREDTHS = 100
WORST = list(Rating)


@dataclass(frozen=True, slots=True)
class Figure:
    """What a measure came to, as it may be said: a number, a part of `denominator`, or a word.

    `least`: fewer than may be told; `portion`: a part of people that is told in words. `formula` is how it was counted.
    """

    numerator: int | None = None
    denominator: int | None = None
    rating: Rating | None = None
    least: bool = False
    formula: str = ""
    portion: Portion | None = None

    @property
    def percent(self) -> float | None:
        """The part in per cent; none where it is no part of anything."""
        return 100 * (self.numerator or 0) / self.denominator if self.denominator else None

    def value(self, kind: MeasureKind) -> float | None:
        """What two figures are compared by; none where nothing may be said."""
        if self.least or self.portion:
            return None
        if kind is MeasureKind.RATING:
            return None if self.rating is None else WORST.index(self.rating)
        return self.percent if kind is MeasureKind.FRACTION else self.numerator


def masked(count: int, *, of: int | None = None, least: int, formula: str = "") -> Figure:
    """Returns a figure of people as it may be said: part and whole in fives, nothing below `least`, nor of a few.

    All of a whole would be each of them: at least `least` of it are told to be left.
    """
    told = down_to_fives(count if of is None else min(count, of - least))
    if told < least:
        return Figure(0, least=True, formula=formula)
    return Figure(told, None if of is None else down_to_fives(of), formula=formula)


def entered(count: int, *, of: int | None = None, least: int) -> Figure:
    """Returns a figure of people that somebody typed in as it may be said; of what it returned it says the same.

    In fives, nothing of fewer than `least`; all of a whole, nobody of it and any part of a small one in words, for
    each of them would be told by the number.
    """
    if (down_to_fives(count) if of is None else of) < least:
        return Figure(0, least=True)
    if of is None:
        return Figure(down_to_fives(count))
    in_fives = of >= FEW and count > 0 and count % STEP == 0
    part = count if in_fives else told(count, of)
    if not isinstance(part, Portion) and to_fives(of - part) <= 0:
        part = Portion.ALMOST_ALL  # who is left would be one or two, though the part was only rounded up to it
    if not isinstance(part, Portion):
        return Figure(part, of)
    return Figure({Portion.HARDLY_ANY: 0, Portion.SOME: of // 2, Portion.ALMOST_ALL: of}[part], of, portion=part)


def change(kind: MeasureKind, before: Figure | None, after: Figure | None) -> Trend:
    """Says how the later figure differs; a part of people differs only beyond chance."""
    if before is None or after is None:
        return Trend.UNKNOWN
    if before.formula != after.formula:
        return Trend.INCOMPARABLE
    if (before.portion or after.portion) and not (before.least or after.least):
        return Trend.SAME if before.portion is after.portion else Trend.IN_WORDS
    was, now = before.value(kind), after.value(kind)
    if was is None or now is None:
        return Trend.SMALL if before.least or after.least else Trend.UNKNOWN
    if was == now:
        return Trend.SAME
    if kind is MeasureKind.FRACTION and abs(now - was) <= _chance(before, after):
        return Trend.NOISE
    return Trend.GREW if now > was else Trend.FELL


def enough(kind: MeasureKind, threshold: int | None, figure: Figure | None) -> bool | None:
    """Whether the threshold is reached; none where there is none, or nothing to compare with it."""
    value = None if figure is None or kind is MeasureKind.RATING else figure.value(kind)
    return None if threshold is None or value is None else value >= threshold


def mean_change(was: float, people_then: int, now: float, people_now: int) -> Trend:
    """Says how a mean deficit differs from that of an earlier wave."""
    if round(was) == round(now):
        return Trend.SAME
    if abs(now - was) <= mean_chance(people_then, people_now):
        return Trend.NOISE
    return Trend.GREW if now > was else Trend.FELL


def _chance(before: Figure, after: Figure) -> float:
    """How far two parts may be from each other by chance, in per cent."""
    # Both are parts of something: of what is none there is no per cent to compare.
    was, now = ((one.numerator or 0, one.denominator or 1) for one in (before, after))
    return 100 * share_chance(was, now)
