"""The report of unevenness: how expert work falls on organisations, in parts that make a hundred."""

from datetime import date
from typing import Any

from admin.base import Page
from admin.charts import Picture
from admin.paging import Paging
from admin.report import NAMES, Book, Report, day, periods
from admin.sheets import Column, Sheet, Value
from db.expertise import staff_queries
from db.expertise.rules import WHOLE
from db.expertise.staff_queries import ExpertShare, Unevenness
from db.limits import day_of


class UnevennessReport(Report[Unevenness]):
    """Organisations by what their experts did; every number opens its rows of the register."""

    name, asked = "expertise", frozenset({"since"})

    def figures(self, ask: Page) -> Unevenness:
        """Of all time."""
        return ask.read(staff_queries.unevenness)

    def query(self, ask: Page) -> Unevenness:
        """Since the day that is asked for, of all time failing that."""
        return ask.read(staff_queries.unevenness, since=_since(ask))

    def page(self, ask: Page, found: Unevenness) -> dict[str, Any]:
        """A page of the organisations that did something, the busiest first, or of those that did nothing."""
        idle = bool(found.idle) and ask.word("idle", 1) == "1"
        rows = [one for one in found.rows if bool(one.works) is not idle]
        paging = Paging.asked(len(rows))
        return {
            "expertise": found,
            "rows": rows[paging.offset : paging.offset + paging.limit],
            "paging": paging,
            "idle": idle,
            "since": _since(ask),
            "whole": WHOLE,
            "periods": [("", ask.t.plain("reports.panel.active.always")), *periods(ask)[1:]],
        }

    def book(self, ask: Page, found: Unevenness) -> Book:
        """Organisations, then kinds."""
        t = ask.t
        columns = [
            Column(t.plain("expertise.panel.place"), NAMES, "text"),
            Column(t.plain("expertise.panel.municipality"), 28, "text"),
            *(Column(t.plain(f"reports.panel.expertise.{name}"), 16) for name in ("share", "works", "people", "hours")),
        ]
        nowhere, total = t.plain("reports.panel.nowhere"), t.plain("reports.panel.total")
        lines = [_line(one, nowhere) for one in found.rows]
        whole = WHOLE if found.works else 0
        sum_of: list[Value] = [total, "", whole, found.works, found.people, found.hours]
        since = _since(ask)
        period = t.plain("reports.panel.since", day=day(since)) if since else t.plain("reports.panel.active.always")
        title = t.plain("reports.panel.expertise")
        kinds = [Column(t.plain("expertise.panel.kind"), 80, "text"), Column(t.plain("reports.panel.expertise.works"))]
        of_kinds: list[list[Value]] = [[name, number] for name, number in found.kinds]
        return Book(
            title,
            [
                Sheet(t.plain("reports.panel.file.expertise"), columns, lines, sum_of),
                Sheet(t.plain("reports.panel.expertise.kinds"), kinds, of_kinds, [total, found.works]),
            ],
            [(t.plain("reports.panel.period"), period), (title, t.plain("reports.panel.expertise.note"))],
        )

    def chart(self, ask: Page, found: Unevenness, part: str) -> Picture | None:
        """None: the table is in order."""
        return None


def _since(ask: Page) -> date | None:
    return day_of(ask.word("since", 10))


def _line(one: ExpertShare, nowhere: str) -> list[Value]:
    return [one.name or nowhere, one.municipality, one.share, one.works, one.people, one.hours]
