"""The report of people's time: what journeys took them, and what they were not asked."""

from dataclasses import replace
from typing import Any

from admin.base import Page
from admin.charts import Picture
from admin.report import NAMES, Book, Report
from admin.sheets import Column, Sheet, Value
from db.overviews import spent
from db.overviews.spent import LEAST, Spent
from db.reports.queries import SITTING


class TimeReport(Report[Spent]):
    """Of all within reach: there is nothing to narrow."""

    name, asked = "time", frozenset()

    def figures(self, ask: Page) -> int:
        """The hours alone: what was not asked is counted for its own page."""
        return ask.read(spent.hours)

    def query(self, ask: Page) -> Spent:
        """Journeys and what was filled in by itself; none of applying where nobody may apply."""
        found = ask.read(spent.spent)
        if ask.panel.selections:
            return found
        return replace(found, journeys=[one for one in found.journeys if one.code != "application"])

    def page(self, ask: Page, found: Spent) -> dict[str, Any]:
        """Two short tables."""
        return {"time": found, "least": LEAST, "sitting": SITTING.seconds // 60}

    def book(self, ask: Page, found: Spent) -> Book:
        """A sheet each."""
        t = ask.t
        masked = t.plain("reports.panel.masked", least=LEAST)
        columns = [
            Column(t.plain("reports.panel.time.journey"), NAMES, "text"),
            *(Column(t.plain(f"reports.panel.time.{name}"), 18) for name in ("people", "sittings", "minutes", "hours")),
        ]
        journeys: list[list[Value]] = [
            [
                t.plain(f"reports.panel.time.journey.{one.code}"),
                one.people,
                one.sittings,
                masked if one.minutes is None else one.minutes,
                masked if one.hours is None else one.hours,
            ]
            for one in found.journeys
        ]
        unasked: list[list[Value]] = [
            [t.plain(f"reports.panel.time.unasked.{one.code}"), one.count] for one in found.unasked
        ]
        places = [
            Column(t.plain("reports.panel.time.unasked"), NAMES, "text"),
            Column(t.plain("reports.panel.time.count"), 14),
        ]
        title = t.plain("reports.panel.time")
        note = t.plain("reports.panel.time.note", least=LEAST, minutes=SITTING.seconds // 60)
        return Book(
            title,
            [
                Sheet(t.plain("reports.panel.file.time"), columns, journeys),
                Sheet(t.plain("reports.panel.time.unasked"), places, unasked),
            ],
            [(title, note)],
        )

    def chart(self, ask: Page, found: Spent, part: str) -> Picture | None:
        """None: a table of two lines needs no picture."""
        return None
