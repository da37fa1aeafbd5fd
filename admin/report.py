"""What a report is: a query, how it stands on its page, its sheets and its charts; and what several share.

A new one is a file `admin/reports/report_<name>.py`, its line in `REPORTS` (`admin/reports/views.py`) and a template;
CONTRIBUTING, «Add a report», has the rest.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Generic, TypeVar

from babel.dates import format_date
from flask import request

from admin.base import Page
from admin.charts import Picture
from admin.sheets import Sheet
from db.limits import day_of

F = TypeVar("F")
LONGEST_LABEL = 44
EMPTY = "\N{EM DASH}"
NAMES = 46
"""The width of a column of names."""
HIDDEN_NAMED = 60
"""How many of those that are not shown a page names; the workbook names them all."""
FIRST_SCHOOL_MONTH = 9
YEARS_BACK = 5


@dataclass(frozen=True, slots=True)
class Book:
    """A report as a workbook. `facts` are told on its last sheet: pairs of a name and a value."""

    title: str
    sheets: Sequence[Sheet]
    facts: Sequence[tuple[str, str]]


class Report(ABC, Generic[F]):
    """One report. `ask` is the page that asks: its address, its account, its texts.

    `name` is that of its address, of its template `reports/<name>.html` and of its file `reports.panel.file.<name>`;
    `asked` are the arguments of its address, which go into the journal when it is taken away.
    """

    name: ClassVar[str]
    asked: ClassVar[frozenset[str]]

    @abstractmethod
    def figures(self, ask: Page) -> Any:
        """Finds what the list of reports tells of this one, whatever the address asks for."""

    @abstractmethod
    def query(self, ask: Page) -> F:
        """Finds what the address asks for, within the account's scope; answers 404 where there is nothing."""

    @abstractmethod
    def page(self, ask: Page, found: F) -> dict[str, Any]:
        """Returns the values of the template."""

    @abstractmethod
    def book(self, ask: Page, found: F) -> Book:
        """Returns the workbook."""

    @abstractmethod
    def chart(self, ask: Page, found: F, part: str) -> Picture | None:
        """Returns a chart; a report with several has a `part` of the address for each. Nothing for an unknown one."""


def short(name: str) -> str:
    """Shortens a name to what fits beside bars."""
    return name if len(name) <= LONGEST_LABEL else name[: LONGEST_LABEL - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


def capital(text: str) -> str:
    """Writes the first letter large."""
    return text[:1].upper() + text[1:]


def day(value: date) -> str:
    """Writes a day in words."""
    return format_date(value, "d MMMM y", locale="ru")


def since_of(ask: Page) -> date:
    """Returns the day of the address, else a year ago at the beginning of the month."""
    return day_of(ask.word("since", 10)) or year_ago(ask)


def year_ago(ask: Page) -> date:
    """Returns the first day of this month a year ago."""
    today = ask.panel.local(ask.now()).date()
    return today.replace(year=today.year - 1, day=1)


def periods(ask: Page) -> list[tuple[str, str]]:
    """Lists the last twelve months, then school years, which begin in September."""
    today = ask.panel.local(ask.now()).date()
    last = today.year if today.month >= FIRST_SCHOOL_MONTH else today.year - 1
    starts = [date(last - back, FIRST_SCHOOL_MONTH, 1) for back in range(YEARS_BACK)]
    months = [(year_ago(ask).isoformat(), ask.t.plain("reports.panel.period.months"))]
    return months + [(one.isoformat(), ask.t.plain("reports.panel.since", day=day(one))) for one in starts]


def opened_by(names: Collection[str]) -> dict[str, str]:
    """Returns what the address asks for, to go on asking for it."""
    return {name: request.args[name] for name in sorted(names) if request.args.get(name)}
