"""The report of training: who was trained since a day by confirmed records, the young and those on the project."""

from datetime import date
from typing import Any

from admin.base import Page
from admin.charts import Picture
from admin.report import NAMES, Book, Report, day, periods
from admin.sheets import Column, Sheet, Value
from db.limits import day_of
from db.training import staff_queries
from db.training.rules import YEARS, years_before
from db.training.staff_queries import TrainingFigures, TrainingReport


class TrainingRegisterReport(Report[TrainingReport]):
    """People by municipality, each counted once; every number opens its rows of the register."""

    name, asked = "training", frozenset({"since"})

    def figures(self, ask: Page) -> TrainingReport:
        """The last three years."""
        return ask.read(staff_queries.report)

    def query(self, ask: Page) -> TrainingReport:
        """Since the day that is asked for, three years ago failing that."""
        return ask.read(staff_queries.report, since=day_of(ask.word("since", 10)))

    def page(self, ask: Page, found: TrainingReport) -> dict[str, Any]:
        """With periods to choose from and the source's word."""
        three = _three(ask)
        first = three.isoformat(), ask.t.plain("reports.panel.training.three")
        return {
            "training": found,
            "since": found.since,
            "three": three,
            "periods": [first, *periods(ask)[1:]],
            "word": _word(ask),
        }

    def book(self, ask: Page, found: TrainingReport) -> Book:
        """One sheet."""
        t = ask.t
        columns = [
            Column(t.plain("reports.panel.training.place"), NAMES, "text"),
            Column(t.plain("reports.panel.training.people")),
            Column(t.plain("reports.panel.training.trained")),
            Column(t.plain("reports.panel.training.share"), 14, "percent"),
            Column(t.plain("reports.panel.training.young"), 16),
            Column(t.plain("reports.panel.training.of_project"), 16),
            Column(t.plain("reports.panel.training.project_share"), 16, "percent"),
        ]
        title = t.plain("reports.panel.training")
        nowhere = t.plain("reports.panel.nowhere")
        lines = [_line(one, one.name or nowhere) for one in found.rows]
        total = _line(found.total, t.plain("reports.panel.total"))
        facts = [
            (t.plain("reports.panel.period"), t.plain("reports.panel.since", day=day(found.since))),
            (title, t.plain("reports.panel.training.note")),
        ]
        if word := _word(ask):
            facts.append((t.plain("reports.panel.training.word"), word))
        return Book(title, [Sheet(t.plain("reports.panel.file.training"), columns, lines, total)], facts)

    def chart(self, ask: Page, found: TrainingReport, part: str) -> Picture | None:
        """None: the numbers are told by the table."""
        return None


def _three(ask: Page) -> date:
    return years_before(ask.panel.local(ask.now()).date(), YEARS)


def _word(ask: Page) -> str:
    """What the region's document says of it, verbatim."""
    word: str = ask.panel.pack.section("programmes").get("trained_word", "")
    return word


def _line(one: TrainingFigures, name: str) -> list[Value]:
    return [name, one.people, one.trained, one.share, one.young, one.of_project, one.project_share]
