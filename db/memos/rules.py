"""What a memo is made of, and when two figures differ by more than chance: pure.

A memo (аналитическая справка) is parts of sentences, tables and charts; whoever shows it draws nothing of its own.
"""

import enum
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from db.diary.rules import next_month
from db.reports.rules import SURE, Trend, share_chance

LONGEST_TABLE = 60
"""Rows of a table on paper; how many there are in all is told under it."""
MOST_BARS = 45
MOST_MONTHS = 13
"""A period that is longer has no one like it a year before that it does not overlap."""


class MemoKind(enum.StrEnum):
    """What a memo tells of; the year is all of them, one after another."""

    DIAGNOSTICS = "diagnostics"
    SELECTION = "selection"
    EVENTS = "events"
    MENTORING = "mentoring"
    ACTIVE = "active"
    UNIONS = "unions"
    PLAN = "plan"
    NETWORK = "network"
    CHAIN = "chain"
    YEAR = "year"


PARTS = tuple(one for one in MemoKind if one is not MemoKind.YEAR)
WHOLE_SERVICE = frozenset({MemoKind.PLAN, MemoKind.NETWORK, MemoKind.CHAIN})
"""What belongs to the service as a whole: a unit has none of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoOrder:
    """What somebody wants: of which kind, from a local day on, of one unit or of all within reach."""

    kind: MemoKind
    since: date
    centre_id: int | None = None
    municipality_id: int | None = None
    group_id: int | None = None
    campaign_id: int | None = None


@dataclass(frozen=True, slots=True)
class MemoTable:
    """A table: where its figures are from, on which day, and how many rows are left out. `key` is its name in forms.

    `widths` are shares of the page, as wide as the first column is usual where there are none.
    """

    key: str
    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    source: str
    left_out: int = 0
    widths: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class MemoBars:
    """Bars of parts: names of the parts, lines with a number for each."""

    title: str
    series: Sequence[str]
    lines: Sequence[tuple[str, Sequence[int]]]


@dataclass(frozen=True, slots=True)
class MemoHeat:
    """A heat table in points of 0–100; what is not told is empty."""

    title: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[int | None]]]


@dataclass(frozen=True, slots=True)
class MemoPart:
    """One part of a memo under its heading."""

    kind: MemoKind
    heading: str
    sentences: Sequence[str]
    tables: Sequence[MemoTable] = ()
    charts: Sequence[MemoBars | MemoHeat] = ()


@dataclass(frozen=True, slots=True)
class Memo:
    """A whole memo. `unit` is what it is about in words; the same day and the same rows give the same memo."""

    kind: MemoKind
    title: str
    service: str
    unit: str
    since: date
    made: date
    parts: Sequence[MemoPart]


def trend(before: int, after: int) -> Trend:
    """Compares two counts of the same length of time, as those of things that come by chance (Poisson).

    Of two that differ by less than SURE roots of their sum nobody can say that one is the larger.
    """
    if before == 0:
        return Trend.UNKNOWN
    if abs(after - before) <= SURE * math.sqrt(before + after):
        return Trend.SAME
    return Trend.GREW if after > before else Trend.FELL


def share_trend(before: tuple[int, int], after: tuple[int, int]) -> Trend:
    """Compares two shares, each as (part, whole), by the error that their difference has."""
    (part, whole), (part_now, whole_now) = before, after
    if not whole or not whole_now:
        return Trend.UNKNOWN
    differs = part_now / whole_now - part / whole
    if abs(differs) <= share_chance(before, after):
        return Trend.SAME
    return Trend.GREW if differs > 0 else Trend.FELL


def percent(part: float, whole: float) -> int:
    """A share in whole per cent, 0 of nothing; halves go up, as people count."""
    return math.floor(100 * part / whole + 0.5) if whole else 0


def year_before(day: date) -> date:
    """The first of the same month a year before."""
    return date(day.year - 1, day.month, 1)


def comparable_months(since: date, today: date) -> tuple[date, date] | None:
    """Returns the first of the whole months from `since` and the first of what is no whole month yet.

    None where there is no whole month, or the year before would overlap.
    """
    first = since if since.day == 1 else next_month(since)
    end = today.replace(day=1)
    months = (end.year - first.year) * 12 + end.month - first.month
    return (first, end) if 0 < months < MOST_MONTHS else None


def cut(rows: Sequence[Sequence[str]]) -> tuple[Sequence[Sequence[str]], int]:
    """The rows that a table on paper has, and how many more there are."""
    return rows[:LONGEST_TABLE], max(0, len(rows) - LONGEST_TABLE)


TABLES: dict[MemoKind, tuple[str, ...]] = {
    MemoKind.DIAGNOSTICS: ("components", "deficits", "coverage"),
    MemoKind.SELECTION: ("directions", "municipalities", "reasons"),
    MemoKind.EVENTS: ("months", "formats", "places"),
    MemoKind.MENTORING: ("pairs",),
    MemoKind.ACTIVE: ("active_directions", "active_places", "deeds"),
    MemoKind.UNIONS: ("unions", "meetings", "decisions", "results"),
    MemoKind.PLAN: ("plan", "overdue"),
    MemoKind.NETWORK: ("partners", "agreements", "visits"),
    MemoKind.CHAIN: ("chain",),
}
"""The tables that a part may have, by their names in forms."""
SINGLE = ("service", "title", "unit", "since", "made")
MOST_COLUMNS = 12
"""Columns of a row in a form: c1, c2 and so on; those that a table lacks are empty."""


def row_of(values: Sequence[str]) -> dict[str, str]:
    """A table's row as a form knows it."""
    return {f"c{place + 1}": values[place] if place < len(values) else "" for place in range(MOST_COLUMNS)}


def form_values(memo: Memo, since: str, made: str) -> dict[str, Any]:
    """What a form is filled with: every field that there is, empty where this memo says nothing."""
    found: dict[str, Any] = {"service": memo.service, "title": memo.title, "unit": memo.unit}
    found |= {"since": since, "made": made}
    told = {part.kind: part for part in memo.parts}
    for kind, keys in TABLES.items():
        part = told.get(kind)
        tables = {one.key: one for one in part.tables} if part else {}
        sentences = list(part.sentences) if part else []
        rows = {key: [row_of(row) for row in tables[key].rows] if key in tables else [] for key in keys}
        found[kind.value] = {"text": " ".join(sentences), "sentences": sentences, **rows}
    return found


def sample_values(word: str) -> dict[str, Any]:
    """What a form is tried with: `word` in every field, two rows in every table."""
    found: dict[str, Any] = dict.fromkeys(SINGLE, word)
    for kind, keys in TABLES.items():
        rows = [row_of([word] * MOST_COLUMNS)] * 2
        found[kind.value] = {"text": word, "sentences": [word, word], **dict.fromkeys(keys, rows)}
    return found


def palette() -> list[str]:
    """Every field as it is typed into a form; of a table the loop that repeats its row."""
    found = [f"{{{{ {name} }}}}" for name in SINGLE]
    for kind, keys in TABLES.items():
        found.append(f"{{{{ {kind.value}.text }}}}")
        found += [f"{{%tr for row in {kind.value}.{key} %}}" for key in keys]
    return [*found, "{{ row.c1 }}", "{%tr endfor %}"]
