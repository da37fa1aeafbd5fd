"""The picture of a result: drawn in a thread of its own, one at a time, never on the loop.

The web is its cover; what is to be read are the lines below it, sorted, each with then and now and the band of noise.
"""

import asyncio
import textwrap
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from math import nan, pi
from typing import Any

INK = "#1f2a37"
FAINT = "#6b7280"
GRID = "#d8dee6"
NOW = "#0f6e84"
BEFORE = "#9aa7b5"
DPI = 135
WIDTH = 1080  # pixels, what a phone shows without scaling up
TOP, WEB, ROW, FOOT, SHORT_FOOT = 86, 770, 92, 150, 96
"""Pixels of the title, of the web with its labels, of a line, of the words below; the last without a then."""
# A phone shows the picture at a third: 20 points are as large there as what stands beside it.
LABEL = 20
LABEL_LINE = 24.0
FIGURE_LINE = 32.0
WRAP = 11  # letters of a line of a label
RINGS = (25, 50, 75, 100)
RADIUS = 210
LEFT, RIGHT = 60, 1020
"""Where the lines' scale begins and ends, in pixels."""
BAND = "#e3e9ef"
LEAST = 3
"""Less components can't span a web."""


@dataclass(frozen=True, slots=True)
class Chart:
    """Holds what the radar draws.

    Levels are 0–100 by component, empty where there is none; `before` is empty without a former result. `band` are the
    points that a level moves without a change, `under` stands below all.
    """

    title: str
    labels: tuple[str, ...]
    now: tuple[float | None, ...]
    before: tuple[float | None, ...]
    now_label: str
    before_label: str
    unknown: str
    band: int = 0
    band_label: str = ""
    under: str = ""

    @property
    def in_order(self) -> list[int]:
        """The components by their level, the highest first, the unknown last."""
        levels = [-1.0 if level is None else level for level in self.now]
        return sorted(range(len(levels)), key=lambda number: -levels[number])

    @property
    def foot(self) -> int:
        """Pixels of the words below."""
        return FOOT if any(level is not None for level in self.before) else SHORT_FOOT

    @property
    def height(self) -> int:
        """Pixels of the picture from top to bottom."""
        return TOP + (WEB if len(self.labels) >= LEAST else 0) + ROW * len(self.labels) + self.foot


_drawer = ThreadPoolExecutor(1, thread_name_prefix="opora-radar")


async def draw(chart: Chart) -> bytes:
    """The chart as PNG."""
    return await asyncio.get_running_loop().run_in_executor(_drawer, render, chart)


def warm() -> None:
    """Loads the drawing library beforehand, so that the first person needn't wait for it."""
    _drawer.submit(partial(render, Chart("", ("", "", ""), (1, 1, 1), (), "", "", "")))


def render(chart: Chart) -> bytes:
    """Draws the chart: the web where there are enough components for one, and a line for each."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / DPI, chart.height / DPI), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    page = _Page(figure, chart.height)
    page.text(WIDTH / 2, 58, chart.title, ha="center", va="center", fontsize=21, color=INK, fontweight="bold")
    if len(chart.labels) >= LEAST:
        _web(figure, chart)
    _lines(page, chart)
    out = BytesIO()
    # Level 1 costs a fifth of the time of level 6 and a tenth more bytes.
    figure.savefig(out, format="png", pil_kwargs={"compress_level": 1})
    return out.getvalue()


class _Page:
    """Draws on the picture in pixels from its top left corner: axes for it would cost more than all the lines."""

    def __init__(self, figure: Any, height: int) -> None:
        from matplotlib.lines import Line2D
        from matplotlib.transforms import Affine2D

        self._figure, self._line = figure, Line2D
        self._pixels = Affine2D().scale(1, -1).translate(0, height)

    def plot(self, across: Sequence[float], down: Sequence[float], **look: Any) -> None:
        """A line or a mark."""
        self._figure.add_artist(self._line(across, down, transform=self._pixels, **look))

    def text(self, across: float, down: float, said: str, **look: Any) -> None:
        """Words."""
        self._figure.text(across, down, said, transform=self._pixels, **look)


def _lines(page: "_Page", chart: Chart) -> None:
    """A line for each component with then, now and the band, the highest level first."""
    top = chart.height - chart.foot - ROW * len(chart.labels)
    for row, number in enumerate(chart.in_order):
        level = chart.now[number]
        before = chart.before[number] if chart.before else None
        name, scale = top + ROW * row + 26, top + ROW * row + 64
        said = chart.unknown if level is None else f"{level:.0f}"
        page.text(LEFT, name, chart.labels[number], va="center", fontsize=LABEL, color=INK)
        page.text(
            *(RIGHT, name, said),
            ha="right",
            va="center",
            fontsize=18 if level is None else 24,
            fontweight="normal" if level is None else "bold",
            color=FAINT if level is None else NOW,
        )
        page.plot([LEFT, RIGHT], [scale, scale], color=GRID, linewidth=5, solid_capstyle="round", zorder=1)
        _marks(page, scale, level, before, chart.band)
    _words(page, chart)


def _marks(page: "_Page", scale: float, level: float | None, before: float | None, band: int) -> None:
    """Then and now on a scale; without a then, as far as it goes from nothing."""
    steady = level is not None and before is not None and abs(level - before) <= band
    if before is not None:
        low, high = _at(max(before - band, 0)), _at(min(before + band, 100))
        page.plot([low, high], [scale, scale], color=BAND, linewidth=19, solid_capstyle="butt", zorder=2)
        page.plot([_at(before)], [scale], marker="o", markersize=11, color="white", markeredgecolor=FAINT, zorder=4)
    if level is None:
        return
    begin = _at(0 if before is None else before)
    line = BEFORE if steady else NOW
    page.plot([begin, _at(level)], [scale, scale], color=line, linewidth=5, solid_capstyle="round", zorder=3)
    page.plot([_at(level)], [scale], marker="o", markersize=14, color=NOW, zorder=5)


def _at(level: float) -> float:
    return LEFT + (RIGHT - LEFT) * level / 100


def _words(page: "_Page", chart: Chart) -> None:
    """What the marks mean, and what comes next."""
    line = chart.height - FOOT + 52
    if any(level is not None for level in chart.before):
        page.plot([LEFT + 8], [line], marker="o", markersize=12, color=NOW)
        page.text(LEFT + 28, line, chart.now_label, va="center", fontsize=16, color=INK)
        page.plot([300], [line], marker="o", markersize=10, color="white", markeredgecolor=FAINT)
        page.text(320, line, chart.before_label, va="center", fontsize=16, color=INK)
        page.plot([630, 680], [line, line], color=BAND, linewidth=19, solid_capstyle="butt")
        page.text(695, line, chart.band_label, va="center", fontsize=16, color=INK)
    page.text(WIDTH / 2, chart.height - 42, chart.under, ha="center", va="center", fontsize=16, color=FAINT)


def _web(figure: Any, chart: Chart) -> None:
    middle = TOP + WEB / 2 + 12
    box = (WIDTH / 2 - RADIUS) / WIDTH, 1 - (middle + RADIUS) / chart.height, 2 * RADIUS / WIDTH
    axes = figure.add_axes((*box, 2 * RADIUS / chart.height), projection="polar")
    count = len(chart.labels)
    angles = [2 * pi * number / count for number in range(count)]
    axes.set_theta_offset(pi / 2)
    axes.set_theta_direction(-1)
    axes.set_ylim(0, 100)
    axes.spines["polar"].set_visible(False)
    axes.grid(False)
    axes.set_xticks([])
    axes.set_yticks([])
    closed = [*angles, angles[0]]
    for ring in RINGS:
        axes.plot(closed, [ring] * (count + 1), color=GRID, linewidth=1.6 if ring == 100 else 1.0, zorder=1)
        axes.annotate(
            str(ring), (0, ring), xytext=(5, -16), textcoords="offset points", fontsize=14, color=FAINT, zorder=2
        )
    for angle in angles:
        axes.plot([angle, angle], [0, 100], color=GRID, linewidth=1.0, zorder=1)
    if any(level is not None for level in chart.before):
        _line(axes, angles, chart.before, BEFORE, 2.2, "--", 3)
    _line(axes, angles, chart.now, NOW, 3.4, "-", 4)
    for (left, low), (right, high) in _sides(angles, chart.now):
        axes.fill([left, right, 0], [low, high, 0], color=NOW, alpha=0.16, linewidth=0, zorder=3)
    for angle, label, level in zip(angles, chart.labels, chart.now, strict=True):
        _label(axes, angle, label, chart.unknown if level is None else f"{level:.0f}", unknown=level is None)


def _line(
    axes: Any,
    angles: Sequence[float],
    levels: Sequence[float | None],
    color: str,
    width: float,
    style: str,
    order: int,
) -> None:
    closed = [*zip(angles, levels, strict=True), (angles[0], levels[0])]
    axes.plot(
        [angle for angle, _ in closed],
        [nan if level is None else level for _, level in closed],  # a line is interrupted where nothing is known
        color=color,
        linewidth=width,
        linestyle=style,
        marker="o",
        markersize=8 if order > 3 else 5,
        zorder=order,
        clip_on=False,
    )


def _sides(
    angles: Sequence[float], levels: Sequence[float | None]
) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    """The sides of the figure between neighbouring axes that both have a level: what is unknown is crossed by none."""
    known = list(zip(angles, levels, strict=True))
    for (left, low), (right, high) in zip(known, [*known[1:], *known[:1]], strict=True):
        if low is not None and high is not None:
            yield (left, low), (right, high)


def _label(axes: Any, angle: float, label: str, level: str, *, unknown: bool) -> None:
    """The level and, under it, the component's name, as one block beside the web's corner. Offsets are in points."""
    turn = angle / (2 * pi)
    lines = textwrap.wrap(label, WRAP, break_long_words=False)[:3]
    height = FIGURE_LINE + LABEL_LINE * len(lines)
    # Above the top corner, below the bottom one, level with the others.
    top = {0.0: height + 6, 0.5: -6.0}.get(turn, height / 2)
    place = (angle, 100 if turn in (0.0, 0.5) else 168)
    for text, offset, size, color, bold in (
        (level, top, 18 if unknown else 26, FAINT if unknown else NOW, not unknown),
        ("\n".join(lines), top - FIGURE_LINE, LABEL, INK, False),
    ):
        axes.annotate(
            text,
            place,
            xytext=(0, offset),
            textcoords="offset points",
            ha="center",
            va="top",
            fontsize=size,
            fontweight="bold" if bold else "normal",
            color=color,
            linespacing=1.15,
            annotation_clip=False,
        )
