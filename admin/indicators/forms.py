"""What is typed about a value, and where the rows of a figure are to be seen."""

from typing import Any

from flask import url_for

from admin.base import Page
from db.indicators.formulas import THINGS
from db.indicators.models import Formula, IndicatorPeriod, Rating
from db.indicators.staff_queries import HIDDEN_ROWS, MeasureLine
from db.indicators.staff_services import ValueDraft

CARDS: dict[Formula, tuple[str, str]] = {
    Formula.EVENTS: ("events.card", "event_id"),
    Formula.EVENTS_FOR_LOW_RESULTS: ("events.card", "event_id"),
    Formula.EVENTS_FOR_HARD_CONDITIONS: ("events.card", "event_id"),
    Formula.CONTEST_RESULTS: ("events.card", "event_id"),
    Formula.PRODUCTS: ("products.card", "product_id"),
    Formula.NETWORK_SERVICES: ("network.card", "member_id"),
    Formula.GROUPS: ("groups.card", "group_id"),
    Formula.PRACTICES: ("practices.card", "practice_id"),
}
"""The page of one row, and its number in the address."""
LISTS: dict[Formula, tuple[str, dict[str, Any]]] = {
    Formula.TRAINED_TEACHERS: ("training.index", {"project": "1", "status": "confirmed"}),
    Formula.TRAINED_METHODISTS: ("training.index", {"project": "1", "status": "confirmed"}),
    Formula.ROUTES: ("routes.index", {}),
    Formula.ACTIVE_MEMBERS: ("people.index", {"role": "active_member"}),
    Formula.REQUESTS: ("requests.index", {}),
}
"""The list of people behind a figure: for those who may learn names."""


class FormulaLinks(Page):
    """Where a figure leads to."""

    def rows_shown(self, line: MeasureLine) -> bool:
        """Whether a figure of things has its rows here."""
        formula = line.measure.formula
        told = line.told.figure
        if formula not in THINGS or told is None:
            return False
        return self.scope.sees_names or formula not in HIDDEN_ROWS

    def links(self, line: MeasureLine, period: IndicatorPeriod | None) -> str:
        """The list of people behind a figure; nothing for those who learn no names."""
        formula = line.measure.formula
        if formula is Formula.DIAGNOSED:
            return url_for("reports.report", report="coverage")
        if formula not in LISTS or not self.scope.can_write:
            return ""
        endpoint, asked = LISTS[formula]
        since = period.starts.isoformat() if period and endpoint == "training.index" else None
        return url_for(endpoint, **asked, since=since)

    def opens(self, formula: Formula | None) -> Any:
        """Gives a function from a row's number to its page; none where it has no page of its own."""
        if formula not in CARDS:
            return None
        endpoint, name = CARDS[formula]
        return lambda number: url_for(endpoint, **{name: number})


def typed_value(page: Page) -> ValueDraft:
    """Reads the form of a rating or a figure."""
    rating = page.word("rating", 20)
    return ValueDraft(
        rating=Rating(rating) if rating in set(Rating) else None,
        numerator=page.number("numerator"),
        denominator=page.number("denominator"),
        word=page.word("word", 1000),
        link=page.word("link", 300),
        document_id=page.number("document") or None,
        rated_by=page.word("rated_by", 300),
    )
