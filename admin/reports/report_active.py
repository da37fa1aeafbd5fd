"""The report of the active: what every member did, by activity, as their diaries tell it."""

from datetime import date
from typing import Any

from admin.base import Page
from admin.charts import Picture
from admin.paging import Paging
from admin.report import Book, Report, capital, day, periods
from admin.sheets import Column, Sheet, Value
from db.diary.staff_queries import DiaryFilter
from db.dictionaries import queries as dictionaries
from db.dictionaries.models import TermKind
from db.limits import day_of
from db.overviews import diary
from db.overviews.diary import ActiveResults, ActiveRow


class ActiveReport(Report[ActiveResults]):
    """A row for each active member, a column for each activity of the region's document, all lines in the end."""

    name, asked = "active", frozenset({"since", "direction", "municipality"})

    def figures(self, ask: Page) -> Any:
        """How many active members there are within reach."""
        return ask.read(diary.members)

    def query(self, ask: Page) -> ActiveResults:
        """Since the day that is asked for, of all time failing that."""
        wanted = DiaryFilter(since=_since(ask), municipality_id=ask.number("municipality"))
        return ask.read(diary.results, wanted=wanted, direction_id=ask.number("direction"))

    def page(self, ask: Page, found: ActiveResults) -> dict[str, Any]:
        """A page of the rows, with what they can be narrowed to."""
        paging = Paging.asked(len(found.rows))
        rows = found.rows[paging.offset : paging.offset + paging.limit]
        _note(ask, found, rows)
        return {
            "active": found,
            "rows": rows,
            "paging": paging,
            "since": _since(ask),
            "periods": [("", ask.t.plain("reports.panel.active.always")), *periods(ask)[1:]],
            "direction": ask.number("direction"),
            "directions": [
                (one.id, f"{one.code}. {one.name}") for one in ask.read(dictionaries.terms, kind=TermKind.DIRECTION)
            ],
            "municipality": ask.number("municipality"),
            "places": ask.places(),
        }

    def book(self, ask: Page, found: ActiveResults) -> Book:
        """One sheet; whose rows they are goes into the journal."""
        t = ask.t
        _note(ask, found, found.rows)
        told = ["number", "person", "organisation", "municipality", "direction"]
        if not ask.scope.sees_names:
            told = [one for one in told if one not in ("person", "organisation")]
        widths = {"number": 6.0, "person": 36.0, "organisation": 40.0, "municipality": 28.0, "direction": 60.0}
        columns = [
            Column(t.plain(f"reports.panel.active.{one}"), widths[one], "number" if one == "number" else "text")
            for one in told
        ]
        columns += [Column(capital(one.name), 18) for one in found.activities]
        columns.append(Column(t.plain("reports.panel.total")))

        def line(place: int, row: ActiveRow) -> list[Value]:
            every: dict[str, Value] = {
                "number": place,
                "person": row.name,
                "organisation": row.organisation,
                "municipality": row.municipality,
                "direction": row.directions,
            }
            return [*(every[one] for one in told), *_counts(found, row.counts), row.total]

        lines = [line(place, row) for place, row in enumerate(found.rows, 1)]
        blank: list[Value] = [None] * (len(told) - 1)
        if found.others:
            others = sum(found.others.values())
            word = t.plain("reports.panel.active.others")
            lines.append([*blank, word, *_counts(found, found.others), others])
        total: list[Value] = [*blank, t.plain("reports.panel.total"), *_counts(found, found.totals), found.total]
        since = _since(ask)
        period = t.plain("reports.panel.since", day=day(since)) if since else t.plain("reports.panel.active.always")
        title = t.plain("reports.panel.active")
        facts = [(t.plain("reports.panel.period"), period), (title, t.plain("reports.panel.active.note"))]
        if found.ours:
            facts.append((t.plain("reports.panel.active.kinds"), t.plain("diary.panel.ours")))
        return Book(title, [Sheet(t.plain("reports.panel.file.active"), columns, lines, total)], facts)

    def chart(self, ask: Page, found: ActiveResults, part: str) -> Picture | None:
        """None: a picture of hundreds of people would rank them."""
        return None


def _since(ask: Page) -> date | None:
    return day_of(ask.word("since", 10))


def _counts(found: ActiveResults, counts: Any) -> list[Value]:
    return [counts.get(one.id, 0) for one in found.activities]


def _note(ask: Page, found: ActiveResults, rows: Any) -> None:
    people = [row.person_id for row in rows] if ask.scope.sees_names else []
    ask.note_reading(action="reports.active", object_type="person", people=people)
