"""The report of coverage: the documents' numbers of staff, those who have walked a self-diagnosis, unit by unit."""

from typing import Any

from admin.base import Page
from admin.charts import Picture
from admin.paging import Paging
from admin.report import HIDDEN_NAMED, NAMES, Book, Report, opened_by
from admin.sheets import Column, Sheet, Value
from db.overviews import coverage
from db.overviews.coverage import Coverage, CoverageLine
from db.reports.deficits import Heat
from locales import Texts


class CoverageReport(Report[Coverage]):
    """Categories of staff as the documents state them, and people with results by unit."""

    name, asked = "coverage", frozenset({"centre", "municipality", "page"})

    def figures(self, ask: Page) -> Any:
        """How many the documents count within reach."""
        return ask.read(coverage.staff)

    def query(self, ask: Page) -> Coverage:
        """Of what is opened, within the account's reach."""
        return ask.read(coverage.coverage, centre_id=ask.number("centre"), municipality_id=ask.number("municipality"))

    def page(self, ask: Page, found: Coverage) -> dict[str, Any]:
        """Each line with its words."""
        lines = [(row, passed_text(ask.t, row)) for row in found.rows]
        paging = Paging.asked(len(found.heat.rows) if found.heat else 0)
        return {
            "coverage": found,
            "lines": lines,
            "sources": list(dict.fromkeys(row.source for row in found.rows)),
            "heat": found.heat,
            "units": found.heat.rows[paging.offset : paging.offset + paging.limit] if found.heat else (),
            "paging": paging,
            "named": HIDDEN_NAMED,
            "asked": opened_by(self.asked),
        }

    def book(self, ask: Page, found: Coverage) -> Book:
        """A sheet of the documents' numbers, and one of units."""
        columns = [
            Column(ask.t.plain("reports.panel.coverage.category"), NAMES, "text"),
            Column(ask.t.plain("reports.panel.coverage.count")),
            Column(ask.t.plain("reports.panel.coverage.passed"), 24, "text"),
            Column(ask.t.plain("reports.panel.coverage.source"), NAMES, "text"),
        ]
        rows: list[list[Value]] = [[row.name, row.count, passed_text(ask.t, row), row.source] for row in found.rows]
        total: list[Value] = [ask.t.plain("reports.panel.total"), found.total, None, None]
        title = ask.t.plain("reports.panel.coverage")
        sheets = [Sheet(title, columns, rows, total), *([units_sheet(ask.t, found.heat)] if found.heat else [])]
        return Book(title, sheets, [(title, ask.t.plain("reports.panel.coverage.lead"))])

    def chart(self, ask: Page, found: Coverage, part: str) -> Picture | None:
        """None: two numbers of different kinds are no bars of one chart."""
        return None


def passed_text(t: Texts, row: CoverageLine) -> str:
    """How many have walked a self-diagnosis, in words: «25 из 619»."""
    if row.passed is None:
        return t.plain("reports.panel.coverage.unknown")
    if row.nearly_all:
        return t.plain("reports.panel.coverage.almost", count=row.count)
    if row.passed == 0:
        return t.plain("reports.panel.coverage.few", count=row.count)
    return t.plain("reports.panel.coverage.of", passed=row.passed, count=row.count)


def units_sheet(t: Texts, heat: Heat) -> Sheet:
    """People with results by unit: the same groups as in the report of deficits."""
    masked = t.plain("reports.panel.masked", least=heat.least)
    rows: list[list[Value]] = [[row.name, row.people] for row in heat.rows]
    if heat.together:
        rows.append([t.plain("reports.panel.together"), heat.together.people])
    return Sheet(
        t.plain("reports.panel.coverage.units"),
        [
            Column(t.plain(f"reports.panel.level.{heat.branch.level}"), NAMES, "text"),
            Column(t.plain("reports.panel.people")),
        ],
        [*rows, *([name, masked] for name in heat.hidden)],
        [t.plain("reports.panel.shown_total"), heat.total.people],
    )
