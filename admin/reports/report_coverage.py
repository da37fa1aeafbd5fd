"""The report of coverage: the documents' numbers of staff beside those who have walked a self-diagnosis."""

from typing import Any

from admin.base import Page
from admin.charts import Picture
from admin.report import NAMES, Book, Report
from admin.sheets import Column, Sheet, Value
from db.overviews import coverage
from db.overviews.coverage import Coverage, CoverageLine
from locales import Texts


class CoverageReport(Report[Coverage]):
    """Categories of staff as the documents state them."""

    name, asked = "coverage", frozenset[str]()

    def figures(self, ask: Page) -> Coverage:
        """The same as the page: it has nothing to ask for."""
        return self.query(ask)

    def query(self, ask: Page) -> Coverage:
        """Within the account's reach."""
        return ask.read(coverage.coverage)

    def page(self, ask: Page, found: Coverage) -> dict[str, Any]:
        """Each line with its words."""
        lines = [(row, passed_text(ask.t, row)) for row in found.rows]
        return {"coverage": found, "lines": lines, "sources": list(dict.fromkeys(row.source for row in found.rows))}

    def book(self, ask: Page, found: Coverage) -> Book:
        """One sheet."""
        columns = [
            Column(ask.t.plain("reports.panel.coverage.category"), NAMES, "text"),
            Column(ask.t.plain("reports.panel.coverage.count")),
            Column(ask.t.plain("reports.panel.coverage.passed"), 24, "text"),
            Column(ask.t.plain("reports.panel.coverage.source"), NAMES, "text"),
        ]
        rows: list[list[Value]] = [[row.name, row.count, passed_text(ask.t, row), row.source] for row in found.rows]
        total: list[Value] = [ask.t.plain("reports.panel.total"), found.total, None, None]
        title = ask.t.plain("reports.panel.coverage")
        return Book(title, [Sheet(title, columns, rows, total)], [(title, ask.t.plain("reports.panel.coverage.lead"))])

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
