"""Reads the words of a plan's term as days and a count: «4 раза в год», «Апрель 2020-июнь 2021», «II квартал».

Only what cannot be meant otherwise is read: a month without its year counts where the section's days leave one year for
it. All else is kept as written and has no days; a wrong reminder would be worse than none.
"""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from db.plans.models import Period, PlanSection
from db.texts import comparable

_TOKEN = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}|\d{4}-\d{2}-\d{2}|[^\W_]+|[-,;()/]")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_YEARS = range(1990, 2101)
MOST = 12
DECEMBER, LONGEST_YEAR = 12, 366
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Reading:
    """A term as days and, where it recurs, how many times in each period."""

    starts: date
    ends: date
    period: Period | None = None
    times: int = 1


@cache
def _words() -> Mapping[str, Any]:
    words: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("terms.yaml").read_text(encoding="utf-8"))
    words["month"] = {name: number for number, names in enumerate(words["months"], 1) for name in names}
    words["period"] = {name: Period(period) for period, names in words["periods"].items() for name in names}
    return words


def days_of(section: PlanSection) -> Days | None:
    """Returns the days that bound the terms of a section's lines: its own, or those of its plan."""
    for of in (section, section.plan):
        if of.starts is not None and of.ends is not None:
            return of.starts, of.ends
    return None


def read_term(text: str, within: Days | None) -> Reading | None:
    """Returns what the words say, `within` being the section's or the plan's days; nothing where that is not sure."""
    tokens = _TOKEN.findall(comparable(text))
    if not tokens:
        return None
    days = _dates(tokens, within)
    if days is not None:
        return Reading(*days)
    if any(_day(token) for token in tokens):
        return None
    often = _often(tokens)
    if often is not None:
        period, times, rest = often
        of = _span(rest, within) if any(_means(rest)) else within
        return Reading(*of, period, times) if of is not None and 1 <= times <= MOST else None
    of = _span(tokens, within)
    return Reading(*of) if of is not None else None


def _often(tokens: Sequence[str]) -> tuple[Period, int, list[str]] | None:
    """«Один раз в квартал», «раз в год», «ежемесячно»: the period, how many times in it, and the words around."""
    words = _words()
    if tokens[0] in words["time"]:  # «раз в квартал» is once
        tokens = ["1", *tokens]
    for place, token in enumerate(tokens):
        if token in words["every"]:
            return words["period"][token], 1, [*tokens[:place], *tokens[place + 1 :]]
        after = [*tokens[place + 1 : place + 4]]
        count = words["times"].get(token) or (int(token) if token.isdecimal() else None)
        if (
            count is not None
            and len(after) == 3
            and after[0] in words["time"]
            and after[1] in words["per"]
            and after[2] in words["period"]
        ):
            return words["period"][after[2]], count, [*tokens[:place], *tokens[place + 4 :]]
    return None


def _span(tokens: Sequence[str], within: Days | None) -> Days | None:
    """Days of months, quarters, a year, or of all that is within."""
    words = _words()
    if "," in tokens or ";" in tokens or "/" in tokens:
        return None
    months = _months(tokens)
    years = [int(token) for token in tokens if token.isdecimal() and int(token) in _YEARS]
    if not months and "(" in tokens:  # what is added in brackets names no days of its own
        tokens = tokens[: tokens.index("(")]
    quarters = [] if months else _quarters(tokens)
    if months or quarters:
        named = months or [quarters[0] * 3 - 2, quarters[-1] * 3]
        if len(named) > 2:
            return None
        return _of_months(named[0], named[-1], years, within, until=bool(months) and tokens[0] in words["until"])
    if any(token in words["school"] for token in tokens):
        return None
    if any(token in words["whole"] for token in tokens):
        return within
    if any(token in words["year"] for token in tokens) or (years and len(tokens) == len(years)):
        if years:
            return date(years[0], 1, 1), date(years[-1], 12, 31)
        return within if within and (within[1] - within[0]).days < LONGEST_YEAR else None
    return None


def _of_months(first: int, last: int, years: Sequence[int], within: Days | None, *, until: bool) -> Days | None:
    """Days from the first of a month to the last of another; without a year, of the one year that fits."""
    if years:
        last_year = years[-1]
        first_year = years[0] if len(years) > 1 else last_year - (first > last)
        found = [(date(first_year, first, 1), _last(last_year, last))]
    elif within is None:
        return None
    else:
        span = [(date(year, first, 1), _last(year + (first > last), last)) for year in range(1990, 2100)]
        found = [days for days in span if within[0] <= days[0] and days[1] <= within[1]]
    if len(found) != 1 or found[0][0] > found[0][1]:
        return None
    starts, ends = found[0]
    if not until:
        return starts, ends
    return (within[0], ends) if within is not None and within[0] <= ends else None


def _months(tokens: Sequence[str]) -> list[int]:
    return [_words()["month"][token] for token in tokens if token in _words()["month"]]


def _quarters(tokens: Sequence[str]) -> list[int]:
    """«II квартал», «I-II квартал»: the numbers right before the word."""
    words = _words()
    place = next((place for place, token in enumerate(tokens) if token in words["quarter"]), None)
    if place is None:
        return []
    found: list[int] = []
    for token in reversed(tokens[:place]):
        if token in words["quarters"]:
            found.insert(0, words["quarters"][token])
        elif token not in ("-", "\N{CYRILLIC SMALL LETTER SHORT I}"):
            break
    return found if found == sorted(found) and len(found) <= 2 else []


def _dates(tokens: Sequence[str], within: Days | None) -> Days | None:
    words = _words()
    days = [day for token in tokens if (day := _day(token))]
    if len(days) == 2 and days[0] <= days[1]:
        return days[0], days[1]
    if len(days) != 1:
        return None
    if tokens[0] in words["until"]:
        return (within[0], days[0]) if within is not None and within[0] <= days[0] else None
    if tokens[0] in words["from"]:
        return (days[0], within[1]) if within is not None and days[0] <= within[1] else None
    return (days[0], days[0]) if len(tokens) == 1 else None


def _day(token: str) -> date | None:
    dotted = _DOTTED.fullmatch(token)
    try:
        found = date(int(dotted[3]), int(dotted[2]), int(dotted[1])) if dotted else date.fromisoformat(token)
    except ValueError:
        return None
    return found if found.year in _YEARS and (dotted or "-" in token) else None


def _means(tokens: Sequence[str]) -> list[str]:
    """The words that may name days of their own."""
    words = _words()
    return [
        token
        for token in tokens
        if token in words["month"] or token in words["quarter"] or token in words["year"] or token.isdecimal()
    ]


def _last(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])
