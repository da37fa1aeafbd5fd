"""The report of groups: how many of each kind, whom they have, when they met, what they decided and came to."""

from typing import Any

from admin.base import Page
from admin.charts import Picture
from admin.report import NAMES, Book, Report, day, periods, since_of, year_ago
from admin.sheets import Column, Sheet, Value
from db.overviews import groups
from db.overviews.groups import COUNTED, GroupsLine, GroupsReport


class UnionsReport(Report[GroupsReport]):
    """Groups by kind, and what they did since a day."""

    name, asked = "groups", frozenset({"since"})

    def figures(self, ask: Page) -> GroupsReport:
        """The last twelve months."""
        return ask.read(groups.report, since=year_ago(ask))

    def query(self, ask: Page) -> GroupsReport:
        """Since the day that is asked for."""
        return ask.read(groups.report, since=since_of(ask))

    def page(self, ask: Page, found: GroupsReport) -> dict[str, Any]:
        """With periods to choose from."""
        return {"groups": found, "counted": COUNTED[1:], "since": found.since, "periods": periods(ask)}

    def book(self, ask: Page, found: GroupsReport) -> Book:
        """One sheet."""
        t = ask.t
        columns = [Column(t.plain("reports.panel.groups.kind"), NAMES, "text")]
        columns.append(Column(t.plain("reports.panel.groups.count")))
        columns += [Column(t.plain(f"reports.panel.groups.{one}"), 16) for one in COUNTED[1:]]
        title = t.plain("reports.panel.groups")
        total = _line(found.total, t.plain("reports.panel.total"))
        sheet = Sheet(
            t.plain("reports.panel.file.groups"), columns, [_line(one, one.name) for one in found.rows], total
        )
        facts = [
            (t.plain("reports.panel.period"), t.plain("reports.panel.since", day=day(found.since))),
            (title, t.plain("reports.panel.groups.note")),
        ]
        return Book(title, [sheet], facts)

    def chart(self, ask: Page, found: GroupsReport, part: str) -> Picture | None:
        """None: numbers of different kinds are no bars of one chart."""
        return None


def _line(one: GroupsLine, name: str) -> list[Value]:
    return [name, *(getattr(one, field) for field in COUNTED)]
