"""Charts of reports as pictures: the same drawing as SVG for the page and as PNG to take away.

matplotlib is imported when the first chart is drawn: the panel starts without it. Its own DejaVu has Cyrillic.
"""

import hashlib
import importlib
import io
import textwrap
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Literal

from flask import Response as FlaskResponse
from flask import request
from werkzeug.wrappers import Response

from admin.security import allow_keeping

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Kind = Literal["svg", "png"]
MEDIA_TYPES: dict[Kind, str] = {"svg": "image/svg+xml", "png": "image/png"}

INK, SOFT = "#1d2723", "#5a6660"
PINE, SAND, MIST, HAZE = "#1c6a54", "#dba98a", "#c9d9d1", "#efeee7"
SHADES = (
    "#d7e9dd", "#daeadc", "#deecda", "#e1edd8", "#e4eed7", "#e9efd4", "#f0f0d1", "#f7f1cd", "#f8ebc1", "#f7e4b3",
    "#f5daa6", "#f2ce9a", "#eec38e", "#eab587", "#e4a880", "#df9c7a", "#da9272", "#d5886c", "#d07f64", "#cb755e",
)  # fmt: skip
"""A colour for every five points of 0–100; the classes of reports.css are the same."""
WIDTH = 10.4  # inches; at 100 dots each it fits the panel's column
ROW = 0.34
DOTS = 180
LETTER = 0.082
LINE = 0.16
TEXT = 9.5


@dataclass(frozen=True, slots=True)
class Series:
    """One colour of the bars."""

    name: str
    colour: str


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A coloured field with its number; without a shade it is masked (`text` says how) or empty."""

    text: str
    shade: int | None


def shade(value: int) -> int:
    """Which of SHADES a value of 0–100 has."""
    return min(value // 5, len(SHADES) - 1)


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars made of parts, each line with its total at the end."""

    lines: Sequence[tuple[str, Sequence[int]]]
    series: Sequence[Series]
    title: str
    note: str


@dataclass(frozen=True, slots=True)
class HeatTable:
    """A heat table as a picture; every field has its number, so that colour alone says nothing."""

    rows: Sequence[tuple[str, Sequence[HeatCell]]]
    columns: Sequence[str]
    title: str
    note: str


Picture = Bars | HeatTable
KEPT = 64
"""Drawn pictures kept, some 50 KB each."""

_kept: OrderedDict[str, bytes] = OrderedDict()
_keeping = Lock()
_loading = Lock()
MODULES = ("figure", "patches", "backends.backend_agg", "backends.backend_svg")


def version(picture: Picture, kind: Kind) -> str:
    """Returns what changes with anything that the picture shows, and with nothing else: its ETag."""
    return hashlib.sha256(f"{kind} {picture!r}".encode()).hexdigest()[:32]


def drawn(picture: Picture, kind: Kind) -> bytes:
    """Returns the picture as a file. Who sees the same figures gets the same picture, drawn once: it takes a second."""
    key = version(picture, kind)
    with _keeping:
        if (content := _kept.get(key)) is not None:
            _kept.move_to_end(key)
            return content
    _load()
    content = _bars(picture, kind) if isinstance(picture, Bars) else _heat(picture, kind)
    with _keeping:
        _kept[key] = content
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return content


def _load() -> None:
    """Imports matplotlib, one thread at a time: two that begin it at once meet halves of its modules and fail."""
    with _loading:
        for name in MODULES:
            importlib.import_module(f"matplotlib.{name}")


def shown(picture: Picture, kind: Kind) -> Response:
    """Returns the picture as a page shows it: whoever has it already is told so and it is not drawn."""
    mark = version(picture, kind)
    known = request.if_none_match.contains(mark)
    answer = FlaskResponse(b"" if known else drawn(picture, kind), mimetype=MEDIA_TYPES[kind])
    answer.set_etag(mark)
    allow_keeping()
    return answer.make_conditional(request)


def _bars(picture: Bars, kind: Kind) -> bytes:
    lines, series = picture.lines, picture.series
    shown = [number for number in range(len(series)) if any(values[number] for _, values in lines)]
    series = [series[number] for number in shown]
    lines = [(name, [values[number] for number in shown]) for name, values in lines]
    figure, axes, height = _canvas([name for name, _ in lines])
    most = max((sum(values) for _, values in lines), default=0) or 1
    starts = [0] * len(lines)
    for number, one in enumerate(series):
        values = [given[number] for _, given in lines]
        axes.barh(range(len(lines)), values, left=starts, height=0.62, color=one.colour, label=one.name, linewidth=0)
        for place, (value, start) in enumerate(zip(values, starts, strict=True)):
            if value >= most * 0.045:
                axes.text(
                    start + value / 2, place, str(value), ha="center", va="center_baseline", fontsize=8.5,
                    color="white" if one.colour == PINE else INK,
                )  # fmt: skip
        starts = [start + value for start, value in zip(starts, values, strict=True)]
    for place, total in enumerate(starts):
        axes.text(
            total + most * 0.012, place, str(total), va="center_baseline", fontsize=TEXT, color=INK, weight="bold"
        )
    axes.set_yticks(range(len(lines)), [name for name, _ in lines], fontsize=TEXT, color=INK)
    axes.set_xlim(0, most * 1.08)
    axes.set_xticks([])
    axes.set_ylim(len(lines) - 0.4, -0.6)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    _words(figure, height, picture.title, picture.note)
    if len(series) > 1:
        figure.legend(
            loc="upper right", bbox_to_anchor=(0.99, 1 - 0.16 / height), ncols=len(series), frameon=False,
            fontsize=TEXT, handlelength=0.9, handleheight=0.9, labelcolor=INK, columnspacing=1.4,
        )  # fmt: skip
    return _saved(figure, kind)


def _heat(picture: HeatTable, kind: Kind) -> bytes:
    from matplotlib.patches import FancyBboxPatch

    rows, names = picture.rows, [name for name, _ in picture.rows]
    columns, size = headings(picture.columns, (WIDTH - _left(names) - 0.1) / max(len(picture.columns), 1))
    lines = max((text.count("\n") for text in columns), default=0)
    figure, axes, height = _canvas(names, above=0.35 + LINE * lines)
    for place, (_, cells) in enumerate(rows):
        for number, cell in enumerate(cells):
            colour = HAZE if cell.shade is None else SHADES[cell.shade]
            axes.add_patch(
                FancyBboxPatch(
                    (number + 0.04, place - 0.42),
                    0.92,
                    0.84,
                    boxstyle="round,pad=0,rounding_size=0.06",
                    facecolor=colour,
                    edgecolor="none",
                    mutation_aspect=0.4,
                )
            )
            axes.text(
                number + 0.5, place, cell.text, ha="center", va="center_baseline", fontsize=TEXT,
                color=SOFT if cell.shade is None else INK,
            )  # fmt: skip
    axes.set_yticks(range(len(rows)), names, fontsize=TEXT, color=INK)
    axes.set_xticks([number + 0.5 for number in range(len(columns))], columns, fontsize=size, color=SOFT)
    axes.xaxis.tick_top()
    axes.set_xlim(0, len(columns))
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.tick_params(length=0, pad=4)
    axes.spines[:].set_visible(False)
    _words(figure, height, picture.title, picture.note)
    return _saved(figure, kind)


def headings(names: Sequence[str], room: float) -> tuple[list[str], float]:
    """Returns names of columns broken into lines that fit into so many inches, and the size of their letters.

    A word is broken at its hyphen only: where the longest is still too long, all letters are smaller.
    """
    fits = max(int(room / LETTER), 1)
    broken = [textwrap.wrap(name, fits, break_long_words=False) or [""] for name in names]
    longest = max((len(line) for lines in broken for line in lines), default=0)
    return ["\n".join(lines) for lines in broken], TEXT * min(1.0, fits / max(longest, 1))


def _left(names: Sequence[str]) -> float:
    return 0.3 + LETTER * max((len(name) for name in names), default=0)


def _canvas(names: Sequence[str], above: float = 0.0) -> tuple["Figure", "Axes", float]:
    from matplotlib.figure import Figure

    top, bottom = 0.85 + above, 0.15
    left = _left(names)
    height = top + bottom + ROW * max(len(names), 1)
    figure = Figure(figsize=(WIDTH, height), facecolor="white")
    axes = figure.add_axes((left / WIDTH, bottom / height, (WIDTH - left - 0.1) / WIDTH, 1 - (top + bottom) / height))
    axes.set_facecolor("white")
    return figure, axes, height


def _words(figure: "Figure", height: float, title: str, note: str) -> None:
    figure.text(0.012, 1 - 0.3 / height, title, fontsize=12.5, weight="bold", color=INK, va="center")
    figure.text(0.012, 1 - 0.6 / height, note, fontsize=9, color=SOFT, va="center")


def _saved(figure: "Figure", kind: Kind) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    for axes in figure.axes:
        for label in (*axes.get_xticklabels(), *axes.get_yticklabels()):
            label.set_parse_math(False)  # a name is a name, dollars and all
    target = io.BytesIO()
    if kind == "png":
        FigureCanvasAgg(figure)
        figure.savefig(target, format="png", dpi=DOTS)
    else:
        FigureCanvasSVG(figure)
        figure.savefig(target, format="svg", metadata={"Date": None})
    return target.getvalue()
