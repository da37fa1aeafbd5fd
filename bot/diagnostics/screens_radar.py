"""The picture of a result: drawn in a thread of its own, one at a time, never on the loop."""

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
SIDE = 8.0  # inches at DPI make 1080 × 1080 pixels, what a phone shows without scaling up
DPI = 135
# A phone shows the picture at a third: 20 points are as large there as what stands beside it.
LABEL = 20
LABEL_LINE = 24.0
FIGURE_LINE = 32.0
WRAP = 11  # letters of a line of a label
RINGS = (25, 50, 75, 100)


@dataclass(frozen=True, slots=True)
class Chart:
    """Holds what the radar draws.

    Levels are 0–100 by component, empty where there is none; `before` is empty without a former result.
    """

    title: str
    labels: tuple[str, ...]
    now: tuple[float | None, ...]
    before: tuple[float | None, ...]
    now_label: str
    before_label: str
    unknown: str


_drawer = ThreadPoolExecutor(1, thread_name_prefix="opora-radar")


async def draw(chart: Chart) -> bytes:
    """The chart as PNG."""
    return await asyncio.get_running_loop().run_in_executor(_drawer, render, chart)


def warm() -> None:
    """Loads the drawing library beforehand, so that the first person needn't wait for it."""
    _drawer.submit(partial(render, Chart("", ("", "", ""), (1, 1, 1), (), "", "", "")))


def render(chart: Chart) -> bytes:
    """Draws the chart. Less than three components can't span a web: they are drawn as bars."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(SIDE, SIDE), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    figure.text(0.5, 0.955, chart.title, ha="center", va="center", fontsize=21, color=INK, fontweight="bold")
    if len(chart.labels) < 3:
        _bars(figure, chart)
    else:
        _web(figure, chart)
    out = BytesIO()
    # Level 1 costs a fifth of the time of level 6 and a tenth more bytes.
    figure.savefig(out, format="png", pil_kwargs={"compress_level": 1})
    return out.getvalue()


def _web(figure: Any, chart: Chart) -> None:
    axes = figure.add_axes((0.265, 0.24, 0.47, 0.47), projection="polar")
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
    handles = []
    if any(level is not None for level in chart.before):
        handles.append(_line(axes, angles, chart.before, BEFORE, 2.2, "--", chart.before_label, 3))
    handles.insert(0, _line(axes, angles, chart.now, NOW, 3.4, "-", chart.now_label, 4))
    for (left, low), (right, high) in _sides(angles, chart.now):
        axes.fill([left, right, 0], [low, high, 0], color=NOW, alpha=0.16, linewidth=0, zorder=3)
    for angle, label, level in zip(angles, chart.labels, chart.now, strict=True):
        _label(axes, angle, label, chart.unknown if level is None else f"{level:.0f}", unknown=level is None)
    if len(handles) > 1:
        figure.legend(handles=handles, loc="lower center", ncol=2, frameon=False, fontsize=19, labelcolor=INK)


def _line(
    axes: Any,
    angles: Sequence[float],
    levels: Sequence[float | None],
    color: str,
    width: float,
    style: str,
    label: str,
    order: int,
) -> Any:
    closed = [*zip(angles, levels, strict=True), (angles[0], levels[0])]
    (line,) = axes.plot(
        [angle for angle, _ in closed],
        [nan if level is None else level for _, level in closed],  # a line is interrupted where nothing is known
        color=color,
        linewidth=width,
        linestyle=style,
        marker="o",
        markersize=8 if order > 3 else 5,
        label=label,
        zorder=order,
        clip_on=False,
    )
    return line


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
    place = (angle, 100 if turn in (0.0, 0.5) else 152)
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


def _bars(figure: Any, chart: Chart) -> None:
    axes = figure.add_axes((0.3, 0.2, 0.62, 0.6))
    places = range(len(chart.labels))
    axes.barh(list(places), [level or 0 for level in chart.now], color=NOW, height=0.4, label=chart.now_label)
    axes.set_xlim(0, 100)
    axes.set_yticks(list(places), [textwrap.fill(label, 14) for label in chart.labels], fontsize=LABEL, color=INK)
    axes.invert_yaxis()
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    for place, level in zip(places, chart.now, strict=True):
        text = chart.unknown if level is None else f"{level:.0f}"
        axes.text((level or 0) + 2, place, text, va="center", fontsize=19, color=NOW, fontweight="bold")
